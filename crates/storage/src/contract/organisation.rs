//! Organisations, teams, statements, memberships, team keys.

use super::sample::{Sample, at, refused, set};
use crate::{MembershipRow, OrganisationRow, Storage, StorageError, TeamWrapRow};
use domain::{
    Compartment, Compartments,
    id::{OrganisationId, TeamId},
};

/// Organisations and teams are kept as given, once; a team's name changes.
pub async fn organisations(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let mut team = told.team_row(&mut sample);
    let mut tx = storage.write().await?;
    tx.add_team(&team).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    assert!(tx.organisations().await?.contains(&told.organisation));
    assert!(tx.teams().await?.contains(&team));
    drop(tx);

    let mut tx = storage.write().await?;
    refused(tx.add_organisation(&told.organisation).await);
    drop(tx);
    let mut tx = storage.write().await?;
    refused(tx.add_team(&team).await);
    drop(tx);

    team.name = sample.sealed();
    let mut tx = storage.write().await?;
    tx.rename_team(team.id, &team.name).await?;
    tx.save().await?;
    let mut tx = storage.read().await?;
    let teams = tx.teams().await?;
    assert_eq!(teams.iter().filter(|t| t.id == team.id).count(), 1);
    assert!(teams.contains(&team));
    Ok(())
}

/// Statements are numbered in order of arrival; one given twice keeps its number and its bytes.
pub async fn statements(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let given: Vec<_> = (0..4).map(|_| sample.statement()).collect();
    let mut numbers = Vec::new();
    let mut tx = storage.write().await?;
    for (id, signed) in &given {
        numbers.push(tx.add_statement(*id, signed).await?);
    }
    assert_eq!(
        tx.add_statement(given[1].0, b"other bytes").await?,
        numbers[1]
    );
    tx.save().await?;

    assert!(numbers[0] > 0 && numbers.is_sorted_by(|a, b| a < b));
    let mut tx = storage.read().await?;
    let before = numbers[0] - 1;
    let all = tx.statements_after(before, 100).await?;
    let kept: Vec<_> = all.iter().map(|s| (s.id, s.signed.clone())).collect();
    assert_eq!(kept, given);
    assert_eq!(
        all.iter().map(|s| s.sequence).collect::<Vec<_>>(),
        numbers,
        "each is read back with the number it was given"
    );
    assert_eq!(tx.statements_after(before, 2).await?, all[..2]);
    assert_eq!(tx.statements_after(numbers[1], 100).await?, all[2..]);
    assert!(tx.statements_after(numbers[3], 100).await?.is_empty());
    assert!(tx.statements_after(u64::MAX, 100).await?.is_empty());
    Ok(())
}

/// A membership is one row a team and account, the latest written; ended ones stay readable.
pub async fn memberships(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let (one, other) = (
        told.team(storage, &mut sample).await?,
        told.team(storage, &mut sample).await?,
    );
    let waiting = told
        .member(storage, &mut sample, one, Compartments::NONE)
        .await?;
    let second = told
        .member(storage, &mut sample, one, Compartments::usual())
        .await?;

    let welcomed = MembershipRow {
        lead: true,
        compartments: set(&[Compartment::Identity, Compartment::Health]),
        ..waiting.clone()
    };
    let elsewhere = MembershipRow {
        team: other,
        ended: Some(at(3)),
        ..waiting
    };
    let mut tx = storage.write().await?;
    tx.put_membership(&welcomed).await?;
    tx.put_membership(&elsewhere).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    let mut mine = tx.memberships_of(welcomed.account).await?;
    mine.sort_by_key(|m| m.team != one);
    assert_eq!(mine, [welcomed.clone(), elsewhere.clone()]);
    let mut members = tx.members(one).await?;
    members.sort_by_key(|m| m.account != welcomed.account);
    assert_eq!(members, [welcomed, second]);
    assert_eq!(tx.members(other).await?, [elsewhere]);
    drop(tx);

    let mut tx = storage.write().await?;
    let unknown = OrganisationRow {
        id: OrganisationId::from_bytes(sample.bytes()),
        name: Vec::new(),
    };
    let mut homeless = told.team_row(&mut sample);
    homeless.organisation = unknown.id;
    refused(tx.add_team(&homeless).await);
    Ok(())
}

/// Team keys are given to live members only, written again in place, walked in key order.
pub async fn team_wraps(storage: &dyn Storage, mut sample: Sample) -> Result<(), StorageError> {
    let told = sample.organisation(storage).await?;
    let team = told.team(storage, &mut sample).await?;
    let other = told.team(storage, &mut sample).await?;
    let open = set(&[Compartment::Identity, Compartment::Social]);
    let member = told.member(storage, &mut sample, team, open).await?;
    let outsider = told.account(storage, &mut sample).await?;

    let mut wraps = Vec::new();
    for (account, team) in [
        (member.account, team),
        (outsider, team),
        (member.account, other),
    ] {
        for (compartment, epoch) in [
            (Compartment::Identity, 1),
            (Compartment::Identity, 300),
            (Compartment::Social, 1),
        ] {
            wraps.push(TeamWrapRow {
                account,
                team,
                compartment,
                epoch,
                wrapped: sample.sealed(),
            });
        }
    }
    let mut tx = storage.write().await?;
    for wrap in &wraps {
        tx.put_team_wrap(wrap).await?;
    }
    wraps[1].wrapped = sample.sealed();
    tx.put_team_wrap(&wraps[1]).await?;
    tx.save().await?;

    let mut tx = storage.read().await?;
    let mut given = tx.team_wraps(member.account).await?;
    given.sort_by_key(|w| (w.compartment, w.epoch));
    assert_eq!(given, wraps[..3]);
    assert!(tx.team_wraps(outsider).await?.is_empty(), "not a member");

    // From the first of the two accounts to past the last, by pages of two.
    let first = member.account.min(outsider);
    let last = member.account.max(outsider);
    let mut walked = Vec::new();
    let mut after = (first, TeamId::from_bytes([0; 16]), 0, 0);
    loop {
        let page = tx.all_team_wraps(Some(after), 2).await?;
        assert!(page.len() <= 2);
        let Some(end) = page.last() else { break };
        after = (end.account, end.team, end.compartment.code(), end.epoch);
        walked.extend(page);
        if after.0 > last {
            break;
        }
    }
    let start = tx.all_team_wraps(None, 1).await?;
    assert!(start[0].account <= first, "none comes before all");
    assert!(walked.is_sorted_by_key(|w| (w.account, w.team, w.compartment, w.epoch)));
    let mut all = wraps.clone();
    all.sort_by_key(|w| (w.account, w.team, w.compartment, w.epoch));
    walked.retain(|w| all.iter().any(|a| a.account == w.account));
    assert_eq!(walked, all);
    drop(tx);

    let mut tx = storage.write().await?;
    tx.put_membership(&MembershipRow {
        ended: Some(at(5)),
        ..member.clone()
    })
    .await?;
    assert!(tx.team_wraps(member.account).await?.is_empty(), "ended");
    tx.put_membership(&member).await?;
    tx.remove_team_wraps(member.account, Some(other)).await?;
    assert_eq!(tx.team_wraps(member.account).await?.len(), 3);
    tx.remove_team_wraps(member.account, None).await?;
    assert!(tx.team_wraps(member.account).await?.is_empty());
    tx.save().await
}
