//! The one canonical form of each statement, written and read back.

use super::{Basis, CardReason, GrantRecipient, KeyFact, Statement, TeamRole};
use crate::{
    AccountPublic, KemPublic, SealError, VerifyingKey,
    encoding::{Reader, Writer},
};
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, ServerId, TeamId},
};
use jiff::Timestamp;

fn role_code(role: TeamRole) -> u8 {
    match role {
        TeamRole::Worker => 1,
        TeamRole::Lead => 2,
    }
}

fn reason_code(reason: CardReason) -> u8 {
    match reason {
        CardReason::First => 1,
        CardReason::Second => 2,
        CardReason::Replaced => 3,
    }
}

fn basis_code(basis: Basis) -> u8 {
    match basis {
        Basis::Mission => 1,
        Basis::Consent => 2,
        Basis::Own => 3,
        Basis::Recovery => 4,
    }
}

impl Statement {
    /// Its canonical bytes.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a kind of statement reads as the table it is"
    )]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = match self {
            Self::Root { key, .. } => Writer::new(0x20).field(key.as_bytes()),
            Self::Administrator {
                organisation,
                account,
                keys,
                ..
            } => Writer::new(0x21)
                .field(organisation.as_bytes())
                .field(account.as_bytes())
                .field(&keys.to_bytes()),
            Self::Server { server, key, .. } => Writer::new(0x22)
                .field(server.as_bytes())
                .field(key.as_bytes()),
            Self::Recovery {
                kem,
                verifying,
                threshold,
                keepers,
                ..
            } => Writer::new(0x23)
                .field(kem.as_bytes())
                .field(verifying.as_bytes())
                .u8(*threshold)
                .u8(*keepers),
            Self::Member {
                organisation,
                account,
                keys,
                ..
            } => Writer::new(0x24)
                .field(organisation.as_bytes())
                .field(account.as_bytes())
                .field(&keys.to_bytes()),
            Self::Team {
                organisation, team, ..
            } => Writer::new(0x25)
                .field(organisation.as_bytes())
                .field(team.as_bytes()),
            Self::Membership {
                organisation,
                team,
                account,
                role,
                ..
            } => Writer::new(0x26)
                .field(organisation.as_bytes())
                .field(team.as_bytes())
                .field(account.as_bytes())
                .u8(role_code(*role)),
            Self::MembershipEnd {
                organisation,
                team,
                account,
                ..
            } => Writer::new(0x27)
                .field(organisation.as_bytes())
                .field(team.as_bytes())
                .field(account.as_bytes()),
            Self::TeamKey {
                organisation,
                team,
                compartment,
                epoch,
                key,
                ..
            } => Writer::new(0x28)
                .field(organisation.as_bytes())
                .field(team.as_bytes())
                .u8(compartment.code())
                .u32(*epoch)
                .field(key.as_bytes()),
            Self::Welcome {
                organisation,
                team,
                account,
                compartments,
                ..
            } => Writer::new(0x29)
                .field(organisation.as_bytes())
                .field(team.as_bytes())
                .field(account.as_bytes())
                .u8(compartments.bits()),
            Self::AccountEnd {
                organisation,
                account,
                ..
            } => Writer::new(0x2a)
                .field(organisation.as_bytes())
                .field(account.as_bytes()),
            Self::PersonKeys {
                person,
                account,
                keys,
                reason,
                ..
            } => Writer::new(0x2b)
                .field(person.as_bytes())
                .field(account.as_bytes())
                .field(&keys.to_bytes())
                .u8(reason_code(*reason)),
            Self::Grant {
                grant,
                person,
                recipient,
                compartments,
                basis,
                purpose,
                until,
                ..
            } => {
                let writer = Writer::new(0x2c)
                    .field(grant.as_bytes())
                    .field(person.as_bytes());
                let writer = match recipient {
                    GrantRecipient::Team(id) => writer.u8(1).field(id.as_bytes()),
                    GrantRecipient::Account(id) => writer.u8(2).field(id.as_bytes()),
                    GrantRecipient::Keepers => writer.u8(3).field(&[]),
                };
                let seconds = until.map(|t| t.as_second().to_le_bytes());
                writer
                    .u8(compartments.bits())
                    .u8(basis_code(*basis))
                    .field(purpose)
                    .optional(seconds.as_ref().map(|s| &s[..]))
            }
            Self::GrantEnd { grant, person, .. } => Writer::new(0x2d)
                .field(grant.as_bytes())
                .field(person.as_bytes()),
            Self::CompartmentKeys { person, keys, .. } => {
                let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
                let writer = Writer::new(0x2e).field(person.as_bytes()).u32(count);
                keys.iter().fold(writer, |writer, key| {
                    writer
                        .u8(key.compartment.code())
                        .u32(key.epoch)
                        .field(&key.commitment)
                })
            }
        };
        writer.time(self.issued_at()).finish()
    }

    /// The statement of those bytes.
    ///
    /// # Errors
    /// [`SealError`] where they are not the canonical form of one.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealError> {
        let (tag, mut r) = Reader::new(bytes, "statement")?;
        let parsed = match tag {
            0x20 => Self::Root {
                key: VerifyingKey::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x21 => Self::Administrator {
                organisation: OrganisationId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                keys: AccountPublic::parse(r.field()?)?,
                issued_at: r.time()?,
            },
            0x22 => Self::Server {
                server: ServerId::from_bytes(r.array()?),
                key: VerifyingKey::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x23 => Self::Recovery {
                kem: KemPublic::from_slice(r.field()?)?,
                verifying: VerifyingKey::from_bytes(r.array()?),
                threshold: r.u8()?,
                keepers: r.u8()?,
                issued_at: r.time()?,
            },
            0x24 => Self::Member {
                organisation: OrganisationId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                keys: AccountPublic::parse(r.field()?)?,
                issued_at: r.time()?,
            },
            0x25 => Self::Team {
                organisation: OrganisationId::from_bytes(r.array()?),
                team: TeamId::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x26 => Self::Membership {
                organisation: OrganisationId::from_bytes(r.array()?),
                team: TeamId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                role: match r.u8()? {
                    1 => TeamRole::Worker,
                    2 => TeamRole::Lead,
                    _ => return Err(r.wrong()),
                },
                issued_at: r.time()?,
            },
            0x27 => Self::MembershipEnd {
                organisation: OrganisationId::from_bytes(r.array()?),
                team: TeamId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x28 => Self::TeamKey {
                organisation: OrganisationId::from_bytes(r.array()?),
                team: TeamId::from_bytes(r.array()?),
                compartment: Compartment::from_code(r.u8()?).ok_or_else(|| r.wrong())?,
                epoch: r.u32()?,
                key: KemPublic::from_slice(r.field()?)?,
                issued_at: r.time()?,
            },
            0x29 => Self::Welcome {
                organisation: OrganisationId::from_bytes(r.array()?),
                team: TeamId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                compartments: Compartments::from_bits(r.u8()?).ok_or_else(|| r.wrong())?,
                issued_at: r.time()?,
            },
            0x2a => Self::AccountEnd {
                organisation: OrganisationId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x2b => Self::PersonKeys {
                person: PersonId::from_bytes(r.array()?),
                account: AccountId::from_bytes(r.array()?),
                keys: AccountPublic::parse(r.field()?)?,
                reason: match r.u8()? {
                    1 => CardReason::First,
                    2 => CardReason::Second,
                    3 => CardReason::Replaced,
                    _ => return Err(r.wrong()),
                },
                issued_at: r.time()?,
            },
            0x2c => Self::parse_grant(&mut r)?,
            0x2d => Self::GrantEnd {
                grant: GrantId::from_bytes(r.array()?),
                person: PersonId::from_bytes(r.array()?),
                issued_at: r.time()?,
            },
            0x2e => Self::CompartmentKeys {
                person: PersonId::from_bytes(r.array()?),
                keys: Self::parse_keys(&mut r)?,
                issued_at: r.time()?,
            },
            _ => return Err(r.wrong()),
        };
        r.finish()?;
        Ok(parsed)
    }

    fn parse_keys(r: &mut Reader<'_>) -> Result<Vec<KeyFact>, SealError> {
        let count = r.u32()?;
        // Grown as it is read: a count is believed only as far as the bytes go.
        let mut keys = Vec::new();
        for _ in 0..count {
            keys.push(KeyFact {
                compartment: Compartment::from_code(r.u8()?).ok_or_else(|| r.wrong())?,
                epoch: r.u32()?,
                commitment: r.array()?,
            });
        }
        Ok(keys)
    }

    fn parse_grant(r: &mut Reader<'_>) -> Result<Self, SealError> {
        let grant = GrantId::from_bytes(r.array()?);
        let person = PersonId::from_bytes(r.array()?);
        let recipient = match r.u8()? {
            1 => GrantRecipient::Team(TeamId::from_bytes(r.array()?)),
            2 => GrantRecipient::Account(AccountId::from_bytes(r.array()?)),
            3 => {
                r.array::<0>()?;
                GrantRecipient::Keepers
            }
            _ => return Err(r.wrong()),
        };
        let compartments = Compartments::from_bits(r.u8()?).ok_or_else(|| r.wrong())?;
        let basis = match r.u8()? {
            1 => Basis::Mission,
            2 => Basis::Consent,
            3 => Basis::Own,
            4 => Basis::Recovery,
            _ => return Err(r.wrong()),
        };
        let purpose = r.field()?.to_vec();
        let wrong = r.wrong();
        let until = match r.optional()? {
            None => None,
            Some(bytes) => {
                let seconds = i64::from_le_bytes(bytes.try_into().map_err(|_| wrong)?);
                Some(Timestamp::from_second(seconds).map_err(|_| wrong)?)
            }
        };
        let issued_at = r.time()?;
        Ok(Self::Grant {
            grant,
            person,
            recipient,
            compartments,
            basis,
            purpose,
            until,
            issued_at,
        })
    }
}
