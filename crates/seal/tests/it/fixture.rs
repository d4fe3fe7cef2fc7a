//! Seeded generators, times, identifiers, and a small world of two organisations.

use domain::id::{AccountId, GrantId, OrganisationId, PersonId, TeamId};
use domain::{Compartment, Compartments};
use jiff::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use seal::{
    AccountKeys, Basis, CardReason, GrantRecipient, Key, PersonAccount, RecoveryKeys,
    RootFingerprint, RootKey, SealError, Signed, Statement, TeamRole, Trust,
};

/// The generator of a test: the same numbers at each run.
pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// That many seconds after the beginning of the world.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// An account with its keys.
pub(crate) struct Someone {
    pub(crate) account: AccountId,
    pub(crate) keys: AccountKeys,
}

impl Someone {
    pub(crate) fn new(number: u8) -> Self {
        Self {
            account: AccountId::from_bytes([number; 16]),
            keys: AccountKeys::generate(&mut rng(u64::from(number))),
        }
    }

    pub(crate) fn signs(&self, statement: Statement) -> Signed {
        Signed::sign(statement, &self.keys.signing)
    }
}

/// An organisation with a team: administrator, lead, two workers.
pub(crate) struct House {
    pub(crate) organisation: OrganisationId,
    pub(crate) team: TeamId,
    pub(crate) administrator: Someone,
    pub(crate) lead: Someone,
    pub(crate) worker: Someone,
    pub(crate) colleague: Someone,
}

/// Two organisations under one root, all statements admitted, and a person with a card.
pub(crate) struct World {
    pub(crate) root: RootKey,
    pub(crate) trust: Trust,
    pub(crate) here: House,
    pub(crate) there: House,
    pub(crate) person: PersonId,
    pub(crate) card: Someone,
}

pub(crate) fn no_rights(result: Result<(), SealError>) {
    assert!(matches!(result, Err(SealError::Untrusted(_))), "{result:?}");
}

impl World {
    pub(crate) fn new() -> Self {
        let root = RootKey::generate(&mut rng(7));
        let verifying = root.signing().verifying();
        let trust = Trust::new(verifying, &RootFingerprint::of(&verifying)).unwrap();
        let mut world = Self {
            root,
            trust,
            here: House::new(10),
            there: House::new(20),
            person: PersonId::from_bytes([0xaa; 16]),
            card: Someone::new(0xcc),
        };
        for statement in world.here.statements(&world.root) {
            world.trust.admit(&statement).unwrap();
        }
        for statement in world.there.statements(&world.root) {
            world.trust.admit(&statement).unwrap();
        }
        world
    }

    /// The keys behind the person's card, stated by a worker.
    pub(crate) fn card_keys(&self, reason: CardReason, second: i64) -> Statement {
        Statement::PersonKeys {
            person: self.person,
            account: self.card.account,
            keys: self.card.keys.public(),
            reason,
            issued_at: at(second),
        }
    }

    pub(crate) fn cards(&self) -> Vec<PersonAccount> {
        let signed = self
            .here
            .worker
            .signs(self.card_keys(CardReason::First, 20));
        vec![self.trust.verify_person_keys(&signed).unwrap()]
    }

    pub(crate) fn grant(&self, recipient: GrantRecipient, basis: Basis) -> Statement {
        Statement::Grant {
            grant: GrantId::from_bytes([0x61; 16]),
            person: self.person,
            recipient,
            compartments: Compartments::usual(),
            basis,
            purpose: b"sealed purpose".to_vec(),
            until: Some(at(1000)),
            issued_at: at(30),
        }
    }
}

impl House {
    fn new(number: u8) -> Self {
        Self {
            organisation: OrganisationId::from_bytes([number; 16]),
            team: TeamId::from_bytes([number + 1; 16]),
            administrator: Someone::new(number + 2),
            lead: Someone::new(number + 3),
            worker: Someone::new(number + 4),
            colleague: Someone::new(number + 5),
        }
    }

    /// Everything that makes it, in order: seconds 1 to 6.
    pub(crate) fn statements(&self, root: &RootKey) -> Vec<Signed> {
        let mut all = vec![Signed::sign(
            Statement::Administrator {
                organisation: self.organisation,
                account: self.administrator.account,
                keys: self.administrator.keys.public(),
                issued_at: at(1),
            },
            root.signing(),
        )];
        let members = [
            (&self.lead, TeamRole::Lead),
            (&self.worker, TeamRole::Worker),
            (&self.colleague, TeamRole::Worker),
        ];
        let says = |statement| self.administrator.signs(statement);
        all.extend(
            members
                .iter()
                .map(|(someone, _)| says(self.member(someone, 2))),
        );
        all.push(says(Statement::Team {
            organisation: self.organisation,
            team: self.team,
            issued_at: at(3),
        }));
        all.extend(
            members
                .iter()
                .map(|(s, role)| says(self.membership(s, *role, 4))),
        );
        let leads = |statement| self.lead.signs(statement);
        for compartment in Compartment::SHARED {
            all.push(leads(self.team_key(compartment, 1, 5)));
        }
        all.extend(
            members
                .iter()
                .map(|(someone, _)| leads(self.welcome(someone, Compartments::usual(), 6))),
        );
        all
    }

    pub(crate) fn member(&self, someone: &Someone, second: i64) -> Statement {
        Statement::Member {
            organisation: self.organisation,
            account: someone.account,
            keys: someone.keys.public(),
            issued_at: at(second),
        }
    }

    pub(crate) fn membership(&self, someone: &Someone, role: TeamRole, second: i64) -> Statement {
        Statement::Membership {
            organisation: self.organisation,
            team: self.team,
            account: someone.account,
            role,
            issued_at: at(second),
        }
    }

    pub(crate) fn membership_end(&self, someone: &Someone, second: i64) -> Statement {
        Statement::MembershipEnd {
            organisation: self.organisation,
            team: self.team,
            account: someone.account,
            issued_at: at(second),
        }
    }

    pub(crate) fn account_end(&self, someone: &Someone, second: i64) -> Statement {
        Statement::AccountEnd {
            organisation: self.organisation,
            account: someone.account,
            issued_at: at(second),
        }
    }

    pub(crate) fn welcome(
        &self,
        someone: &Someone,
        compartments: Compartments,
        second: i64,
    ) -> Statement {
        Statement::Welcome {
            organisation: self.organisation,
            team: self.team,
            account: someone.account,
            compartments,
            issued_at: at(second),
        }
    }

    pub(crate) fn team_key(&self, compartment: Compartment, epoch: u32, second: i64) -> Statement {
        let seed = [compartment.code() ^ u8::try_from(epoch).unwrap(); 32];
        Statement::TeamKey {
            organisation: self.organisation,
            team: self.team,
            compartment,
            epoch,
            key: seal::KemSecret::from_seed(seed).public(),
            issued_at: at(second),
        }
    }
}

pub(crate) fn recovery(number: u8, second: i64) -> Statement {
    let (kem, verifying) = RecoveryKeys::from_seed(&Key::from_bytes([number; 32])).public();
    Statement::Recovery {
        kem,
        verifying,
        threshold: 3,
        keepers: 5,
        issued_at: at(second),
    }
}

/// New keys for an account that has some already.
pub(crate) fn with_new_keys(someone: &Someone) -> Someone {
    Someone {
        account: someone.account,
        keys: AccountKeys::generate(&mut rng(0x1234)),
    }
}
