//! Who may open what: the matrix of rights, the list of a team, grants and wraps.

use super::sample::{Sample, Told, advance, at, january, refused, set};
use crate::{
    AccessRow, GrantRow, HolderRow, MembershipRow, PersonRow, Recipient, Storage, StorageError,
    WrapMethod, WrapRow,
};
use domain::{
    Compartment, Compartments,
    id::{AccountId, PersonId, TeamId},
};

async fn give(
    storage: &dyn Storage,
    grant: &GrantRow,
    wraps: &[WrapRow],
) -> Result<(), StorageError> {
    let mut tx = storage.write().await?;
    tx.add_grant(grant).await?;
    for wrap in wraps {
        tx.put_wrap(wrap).await?;
    }
    tx.save().await
}

/// What an account may use now, in the order of compartments and epochs.
async fn usable(
    storage: &dyn Storage,
    person: PersonId,
    account: AccountId,
    minutes: i64,
) -> Result<Vec<AccessRow>, StorageError> {
    let mut tx = storage.read().await?;
    let mut rows = tx.access(person, account, at(minutes)).await?;
    rows.sort_by_key(|r| (r.wrap.compartment, r.wrap.epoch));
    Ok(rows)
}

/// Every way to have a key, and every way not to have it.
pub async fn access(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let other_team = told.team(storage, &mut sample).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let both = set(&[Compartment::Identity, Compartment::Health]);

    let mut grant = sample.grant(person, Recipient::Team(team), both);
    grant.until = Some(at(100));
    let wraps = [
        sample.wrap(&grant, Compartment::Identity, 1),
        sample.wrap(&grant, Compartment::Identity, 2),
        sample.wrap(&grant, Compartment::Health, 1),
        // Beyond the grant: never given, whoever asks.
        sample.wrap(&grant, Compartment::Legal, 1),
    ];
    give(storage, &grant, &wraps).await?;
    let row = |wrap: &WrapRow| AccessRow {
        wrap: wrap.clone(),
        grant: grant.clone(),
    };

    let everything: Compartments = Compartment::SHARED.into_iter().collect();
    let full = told.member(storage, &mut sample, team, everything).await?;
    let usual = told
        .member(storage, &mut sample, team, Compartments::usual())
        .await?;
    let waiting = told
        .member(storage, &mut sample, team, Compartments::NONE)
        .await?;
    let elsewhere = told
        .member(storage, &mut sample, other_team, everything)
        .await?;
    let nobody = told.account(storage, &mut sample).await?;

    let all = [row(&wraps[0]), row(&wraps[1]), row(&wraps[2])];
    assert_eq!(usable(storage, person, full.account, 5).await?, all);
    let identity = usable(storage, person, usual.account, 5).await?;
    assert_eq!(identity, all[..2], "welcomed to identity, not to health");
    for account in [waiting.account, elsewhere.account, nobody] {
        assert!(usable(storage, person, account, 5).await?.is_empty());
    }
    let someone = told.person(storage, &mut sample).await?.person;
    assert!(usable(storage, someone, full.account, 5).await?.is_empty());

    assert_eq!(usable(storage, person, full.account, 99).await?, all);
    let over = usable(storage, person, full.account, 100).await?;
    assert!(over.is_empty(), "the grant is over at its minute");

    ended_membership(storage, person, &full).await?;
    ended_grant(storage, &grant, &full).await?;
    to_one_account(storage, &mut sample, person, &told).await
}

async fn ended_membership(
    storage: &dyn Storage,
    person: PersonId,
    member: &MembershipRow,
) -> Result<(), StorageError> {
    let ended = MembershipRow {
        ended: Some(at(4)),
        ..member.clone()
    };
    for (row, count) in [(&ended, 0), (member, 3)] {
        let mut tx = storage.write().await?;
        tx.put_membership(row).await?;
        tx.save().await?;
        let given = usable(storage, person, member.account, 5).await?;
        assert_eq!(given.len(), count);
    }
    Ok(())
}

async fn ended_grant(
    storage: &dyn Storage,
    grant: &GrantRow,
    member: &MembershipRow,
) -> Result<(), StorageError> {
    let mut tx = storage.write().await?;
    assert!(tx.end_grant(grant.person, grant.grant, at(6)).await?);
    tx.save().await?;
    // Ended is ended, whatever the clock of the one who asks.
    for minutes in [5, 7] {
        let given = usable(storage, grant.person, member.account, minutes).await?;
        assert!(given.is_empty());
    }
    Ok(())
}

/// One worker's account, the person's own, and the keepers, who sign in nowhere.
async fn to_one_account(
    storage: &dyn Storage,
    sample: &mut Sample,
    person: PersonId,
    told: &Told,
) -> Result<(), StorageError> {
    let worker = told.account(storage, sample).await?;
    let colleague = told.account(storage, sample).await?;
    let own = AccountId::from_bytes(sample.bytes());
    let vault = set(&[Compartment::Social, Compartment::Vault]);
    let to_worker = sample.grant(person, Recipient::Account(worker), Compartments::usual());
    let to_person = sample.grant(person, Recipient::Account(own), vault);
    let to_keepers = sample.grant(person, Recipient::Keepers, vault);
    let workers = sample.wrap(&to_worker, Compartment::Social, 1);
    let persons = [
        sample.wrap(&to_person, Compartment::Social, 1),
        sample.wrap(&to_person, Compartment::Vault, 1),
    ];
    let keepers = sample.wrap(&to_keepers, Compartment::Social, 1);
    give(storage, &to_worker, std::slice::from_ref(&workers)).await?;
    give(storage, &to_person, &persons).await?;
    give(storage, &to_keepers, &[keepers]).await?;

    let given = usable(storage, person, worker, 5).await?;
    let expected = AccessRow {
        wrap: workers,
        grant: to_worker,
    };
    assert_eq!(given, [expected]);
    assert!(usable(storage, person, colleague, 5).await?.is_empty());
    let given = usable(storage, person, own, 5).await?;
    let wraps: Vec<_> = given.into_iter().map(|r| r.wrap).collect();
    assert_eq!(wraps, persons);

    // A wrap to an account that its grant does not name gives nothing.
    let to_colleague = sample.grant(person, Recipient::Account(colleague), vault);
    let mut diverted = sample.wrap(&to_colleague, Compartment::Social, 7);
    diverted.recipient = Recipient::Account(worker);
    give(storage, &to_colleague, &[diverted]).await?;
    assert_eq!(usable(storage, person, worker, 5).await?.len(), 1);
    assert!(usable(storage, person, colleague, 5).await?.is_empty());
    Ok(())
}

/// A person with a profile entry sealed under `epoch` and identity given to the team.
async fn known_person(
    storage: &dyn Storage,
    sample: &mut Sample,
    told: &Told,
    team: TeamId,
    epochs: &[u32],
) -> Result<(PersonRow, GrantRow), StorageError> {
    let mut person = told.person(storage, sample).await?;
    let grant = sample.grant(person.person, Recipient::Team(team), Compartments::usual());
    let mut wraps = Vec::new();
    let mut tx = storage.write().await?;
    for epoch in epochs {
        let mut wrap = sample.wrap(&grant, Compartment::Identity, *epoch);
        wrap.method = WrapMethod::TeamSecret { epoch: 9 };
        wraps.push(wrap);
        wraps.push(sample.wrap(&grant, Compartment::Social, *epoch));
        let mut entry = sample.entry(&person, Compartment::Identity);
        entry.profile = true;
        entry.epoch = *epoch;
        tx.append_entry(&entry, january()).await?;
        advance(&mut person, &entry);
        let note = sample.entry(&person, Compartment::Social);
        tx.append_entry(&note, january()).await?;
        advance(&mut person, &note);
    }
    tx.save().await?;
    give(storage, &grant, &wraps).await?;
    Ok((person, grant))
}

/// A team's list: everyone it may name now, once, with the latest profile and its key.
pub async fn listed(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let other_team = told.team(storage, &mut sample).await?;
    let member = told
        .member(storage, &mut sample, team, Compartments::usual())
        .await?;
    let blind = told
        .member(storage, &mut sample, team, set(&[Compartment::Social]))
        .await?;

    let (one, grant) = known_person(storage, &mut sample, &told, team, &[1]).await?;
    let (two, _) = known_person(storage, &mut sample, &told, team, &[1, 2]).await?;
    let (theirs, _) = known_person(storage, &mut sample, &told, other_team, &[1]).await?;
    // Without a profile there is nobody to name yet.
    let unnamed = told.person(storage, &mut sample).await?.person;
    let unnamed_grant = sample.grant(unnamed, Recipient::Team(team), Compartments::usual());
    let wrap = sample.wrap(&unnamed_grant, Compartment::Identity, 1);
    give(storage, &unnamed_grant, &[wrap]).await?;
    // A second way to the same person, through the account itself.
    let direct = sample.grant(
        one.person,
        Recipient::Account(member.account),
        Compartments::usual(),
    );
    let wrap = sample.wrap(&direct, Compartment::Identity, 1);
    give(storage, &direct, &[wrap]).await?;

    let mut tx = storage.read().await?;
    let rows = tx.listed(member.account, at(5)).await?;
    let mut expected = [one.person, two.person];
    expected.sort_unstable();
    let people: Vec<_> = rows.iter().map(|r| r.profile.person).collect();
    assert_eq!(people, expected, "once each, in order");
    for row in &rows {
        assert_eq!(row.access.wrap.person, row.profile.person);
        assert_eq!(row.access.wrap.epoch, row.profile.epoch);
        assert_eq!(row.access.wrap.compartment, Compartment::Identity);
        assert_eq!(row.access.grant.grant, row.access.wrap.grant);
        assert_eq!(
            row.access.wrap.method,
            WrapMethod::TeamSecret { epoch: 9 },
            "the cheapest way to open"
        );
        let latest = if row.profile.person == two.person {
            3
        } else {
            1
        };
        assert_eq!(row.profile.sequence, latest);
        let entry = tx.entry(row.profile.person, latest).await?;
        assert_eq!(Some(&row.profile), entry.as_ref());
    }
    assert!(
        tx.listed(blind.account, at(5)).await?.is_empty(),
        "not welcomed to identity"
    );
    drop(tx);

    let mut tx = storage.write().await?;
    tx.end_grant(one.person, grant.grant, at(6)).await?;
    let rows = tx.listed(member.account, at(7)).await?;
    let direct_only = rows.iter().find(|r| r.profile.person == one.person);
    assert_eq!(
        direct_only.map(|r| r.access.grant.grant),
        Some(direct.grant)
    );
    tx.end_grant(one.person, direct.grant, at(7)).await?;
    let rows = tx.listed(member.account, at(8)).await?;
    assert_eq!(rows.len(), 1);
    tx.put_membership(&MembershipRow {
        ended: Some(at(8)),
        ..member.clone()
    })
    .await?;
    assert!(tx.listed(member.account, at(9)).await?.is_empty());
    assert!(
        !tx.access(theirs.person, member.account, at(9))
            .await?
            .iter()
            .any(|_| true)
    );
    tx.save().await
}

/// Grants end once and stay readable; a wrap is written again in place; epochs are known.
pub async fn grants(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let person = told.person(storage, &mut sample).await?.person;
    let usual = Compartments::usual();
    let mut grant = sample.grant(person, Recipient::Team(team), usual);
    grant.until = Some(at(50));
    let keepers = sample.grant(person, Recipient::Keepers, usual);
    let mut wraps = vec![
        sample.wrap(&grant, Compartment::Identity, 1),
        sample.wrap(&grant, Compartment::Identity, 300),
        sample.wrap(&grant, Compartment::Social, 2),
        sample.wrap(&keepers, Compartment::Identity, 1),
    ];
    give(storage, &keepers, &[]).await?;
    give(storage, &grant, &wraps).await?;
    let mut tx = storage.write().await?;
    refused(tx.add_grant(&grant).await);
    drop(tx);

    wraps[1].method = WrapMethod::TeamPublic { epoch: 4 };
    wraps[1].wrapped = sample.sealed();
    // The same key under the same grant to another recipient stands beside the first.
    let mut beside = wraps[1].clone();
    beside.recipient = Recipient::Account(AccountId::from_bytes(sample.bytes()));
    beside.method = WrapMethod::Public;
    beside.wrapped = sample.sealed();
    wraps.push(beside.clone());
    let mut tx = storage.write().await?;
    tx.put_wrap(&wraps[1]).await?;
    tx.put_wrap(&beside).await?;
    let order = |w: &WrapRow| (w.compartment, w.epoch, w.recipient, w.grant);
    let mut kept = tx.wraps(person).await?;
    kept.sort_by_key(order);
    wraps.sort_by_key(order);
    assert_eq!(kept, wraps);
    let written = tx.compartments(person).await?;
    assert!(written.is_empty(), "keys alone hold nothing");
    assert_eq!(
        tx.latest_epoch(person, Compartment::Identity).await?,
        Some(300)
    );
    assert_eq!(tx.latest_epoch(person, Compartment::Health).await?, None);
    let mut latest: Vec<_> = wraps
        .iter()
        .filter(|w| {
            let of = |other: &&WrapRow| other.compartment == w.compartment;
            wraps.iter().filter(of).all(|other| other.epoch <= w.epoch)
        })
        .map(|w| HolderRow {
            compartment: w.compartment,
            epoch: w.epoch,
            recipient: w.recipient,
            grant: w.grant,
            method: w.method,
        })
        .collect();
    latest.sort_by_key(|h| (h.compartment, h.recipient, h.grant));
    let mut holders = tx.holders(person).await?;
    assert!(holders.is_sorted_by_key(|h| h.compartment));
    holders.sort_by_key(|h| (h.compartment, h.recipient, h.grant));
    assert_eq!(holders, latest);
    tx.save().await?;

    let mut tx = storage.write().await?;
    assert!(tx.end_grant(person, grant.grant, at(9)).await?);
    assert!(!tx.end_grant(person, grant.grant, at(10)).await?);
    tx.save().await?;
    grant.ended = Some(at(9));
    let mut tx = storage.read().await?;
    let mut all = tx.grants(person).await?;
    all.sort_by_key(|g| g.grant != grant.grant);
    assert_eq!(all, [grant, keepers]);
    let other = told.person(storage, &mut sample).await?.person;
    assert!(storage.read().await?.grants(other).await?.is_empty());
    drop(tx);

    let nothing = sample.grant(person, Recipient::Keepers, usual);
    let groundless = sample.wrap(&nothing, Compartment::Social, 1);
    let mut tx = storage.write().await?;
    refused(tx.put_wrap(&groundless).await);
    Ok(())
}
