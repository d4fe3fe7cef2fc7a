//! Signed statements: who holds which keys, who belongs to which team, who may open what. Each says
//! one thing, has one canonical form, and is believed only if its signer had a right to say it
//! (`trust`).

mod form;

use crate::{AccountPublic, KemPublic, VerifyingKey};
use domain::{
    Compartment, Compartments,
    id::{AccountId, GrantId, OrganisationId, PersonId, ServerId, TeamId},
};
use jiff::Timestamp;

/// What a member is in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamRole {
    /// A worker.
    Worker,
    /// A lead: welcomes members and decides which compartments they open.
    Lead,
}

/// Why a person's card keys are stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardReason {
    /// The first card.
    First,
    /// A second card, left with someone trusted.
    Second,
    /// In place of a lost card: two workers sign.
    Replaced,
}

/// Whom a grant lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantRecipient {
    /// A team.
    Team(TeamId),
    /// One account: a worker's, or the one behind the person's card.
    Account(AccountId),
    /// The keepers together.
    Keepers,
}

/// What a grant rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The mission of the team that opened the record.
    Mission,
    /// The person's consent, signed with their card's keys.
    Consent,
    /// The person's right to their own record.
    Own,
    /// Recovery by the keepers, which the person did not decline.
    Recovery,
}

/// Which key seals a compartment at an epoch, told without telling the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFact {
    /// The compartment.
    pub compartment: Compartment,
    /// Which of its successive keys, counted from 1.
    pub epoch: u32,
    /// What only that key gives ([`Key::commitment`](crate::Key::commitment)).
    pub commitment: [u8; 32],
}

/// What is stated. Times are whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// The root's own key, by itself: the first statement of an installation.
    Root {
        /// The root's key.
        key: VerifyingKey,
        /// When.
        issued_at: Timestamp,
    },
    /// An administrator of an organisation and their keys: by the root.
    Administrator {
        /// The organisation.
        organisation: OrganisationId,
        /// The account.
        account: AccountId,
        /// Its keys.
        keys: AccountPublic,
        /// When.
        issued_at: Timestamp,
    },
    /// A server that signs checkpoints: by the root.
    Server {
        /// The server.
        server: ServerId,
        /// Its key.
        key: VerifyingKey,
        /// When.
        issued_at: Timestamp,
    },
    /// The keepers' keys: by the root.
    Recovery {
        /// What can be wrapped to them.
        kem: KemPublic,
        /// What verifies what they sign together.
        verifying: VerifyingKey,
        /// How many open together.
        threshold: u8,
        /// How many there are.
        keepers: u8,
        /// When.
        issued_at: Timestamp,
    },
    /// A member's keys: by an administrator of the organisation.
    Member {
        /// The organisation.
        organisation: OrganisationId,
        /// The account.
        account: AccountId,
        /// Its keys, which replace earlier ones.
        keys: AccountPublic,
        /// When.
        issued_at: Timestamp,
    },
    /// A team: by an administrator.
    Team {
        /// The organisation.
        organisation: OrganisationId,
        /// The team.
        team: TeamId,
        /// When.
        issued_at: Timestamp,
    },
    /// Someone belongs to a team: by an administrator.
    Membership {
        /// The organisation.
        organisation: OrganisationId,
        /// The team.
        team: TeamId,
        /// The member.
        account: AccountId,
        /// As what.
        role: TeamRole,
        /// When.
        issued_at: Timestamp,
    },
    /// Someone no longer belongs to a team: by an administrator or a lead of it.
    MembershipEnd {
        /// The organisation.
        organisation: OrganisationId,
        /// The team.
        team: TeamId,
        /// The member.
        account: AccountId,
        /// When.
        issued_at: Timestamp,
    },
    /// A team's public key for one compartment: by a lead of it.
    TeamKey {
        /// The organisation.
        organisation: OrganisationId,
        /// The team.
        team: TeamId,
        /// The compartment.
        compartment: Compartment,
        /// Which key, counted from 1.
        epoch: u32,
        /// The public half.
        key: KemPublic,
        /// When.
        issued_at: Timestamp,
    },
    /// What a member may open: by a lead of the team.
    Welcome {
        /// The organisation.
        organisation: OrganisationId,
        /// The team.
        team: TeamId,
        /// The member.
        account: AccountId,
        /// The compartments.
        compartments: Compartments,
        /// When.
        issued_at: Timestamp,
    },
    /// An account's keys are no longer believed: by an administrator.
    AccountEnd {
        /// The organisation.
        organisation: OrganisationId,
        /// The account.
        account: AccountId,
        /// When.
        issued_at: Timestamp,
    },
    /// The keys behind a person's card: by a worker, by two where it replaces a lost one.
    PersonKeys {
        /// The person.
        person: PersonId,
        /// The account behind the card.
        account: AccountId,
        /// Its keys.
        keys: AccountPublic,
        /// Why.
        reason: CardReason,
        /// When.
        issued_at: Timestamp,
    },
    /// Someone may open compartments of a record.
    Grant {
        /// The grant.
        grant: GrantId,
        /// The person.
        person: PersonId,
        /// Who.
        recipient: GrantRecipient,
        /// What.
        compartments: Compartments,
        /// On what it rests.
        basis: Basis,
        /// What for, sealed.
        purpose: Vec<u8>,
        /// Until when, where that was said.
        until: Option<Timestamp>,
        /// When.
        issued_at: Timestamp,
    },
    /// A grant is taken back.
    GrantEnd {
        /// The grant.
        grant: GrantId,
        /// The person.
        person: PersonId,
        /// When.
        issued_at: Timestamp,
    },
    /// New keys of compartments of a record: by who holds them.
    CompartmentKeys {
        /// The person.
        person: PersonId,
        /// The keys.
        keys: Vec<KeyFact>,
        /// When.
        issued_at: Timestamp,
    },
}

impl Statement {
    /// When it was stated.
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        match self {
            Self::Root { issued_at, .. }
            | Self::Administrator { issued_at, .. }
            | Self::Server { issued_at, .. }
            | Self::Recovery { issued_at, .. }
            | Self::Member { issued_at, .. }
            | Self::Team { issued_at, .. }
            | Self::Membership { issued_at, .. }
            | Self::MembershipEnd { issued_at, .. }
            | Self::TeamKey { issued_at, .. }
            | Self::Welcome { issued_at, .. }
            | Self::AccountEnd { issued_at, .. }
            | Self::PersonKeys { issued_at, .. }
            | Self::Grant { issued_at, .. }
            | Self::GrantEnd { issued_at, .. }
            | Self::CompartmentKeys { issued_at, .. } => *issued_at,
        }
    }
}
