//! The closed lists of words of procedures. Each has a stable `word()`, as in [`crate::words`]; the
//! counters of the observatory keep two of them, [`BrakeKind`] and [`ServiceConcerned`], in plain.

use crate::words::{Theme, words};
use serde::{Deserialize, Serialize};

words! {
    /// Where a procedure stands (démarche).
    ProcedureState {
        /// À engager.
        ToStart = "to_start",
        /// En attente de justificatifs.
        AwaitingPieces = "awaiting_pieces",
        /// Déposée.
        Submitted = "submitted",
        /// En cours d'instruction.
        UnderReview = "under_review",
        /// Acceptée.
        Accepted = "accepted",
        /// Refusée.
        Refused = "refused",
        /// Ajournée.
        Deferred = "deferred",
        /// En recours.
        Appealed = "appealed",
        /// Close par la personne.
        ClosedByPerson = "closed_by_person",
        /// Classée sans suite.
        Dismissed = "dismissed",
    }

    /// What a deadline is.
    DeadlineKind {
        /// A right or a document ends and must be asked for again.
        Renewal = "renewal",
        /// A declaration to make every quarter.
        Declaration = "declaration",
        /// A hearing or a summons.
        Hearing = "hearing",
        /// The last day to contest a decision.
        Appeal = "appeal",
        /// The day from which silence of the administration means something.
        Silence = "silence",
        /// The last day to send pieces.
        Pieces = "pieces",
        /// Another date that matters.
        Other = "other",
    }

    /// How one may ask for something.
    WayKind {
        /// On a website.
        Online = "online",
        /// At a counter.
        Counter = "counter",
        /// With a paper form, given or sent.
        Paper = "paper",
        /// By telephone.
        Phone = "phone",
        /// With someone: a France Services house, a partner.
        With = "with",
    }

    /// What blocked an access (frein).
    BrakeKind {
        /// The site was down or refused to go on.
        SiteDown = "site_down",
        /// There was no way on paper.
        NoPaperWay = "no_paper_way",
        /// The account was locked or could not be made.
        AccountLocked = "account_locked",
        /// There was no slot to book.
        NoSlot = "no_slot",
        /// The language or reading stood in the way.
        Language = "language",
        /// It cost money that the person does not have.
        Cost = "cost",
    }

    /// Which service a brake was met at: a closed list, so that what is counted names nobody.
    ServiceConcerned {
        /// Caisse d'allocations familiales.
        Caf = "caf",
        /// Mutualité sociale agricole.
        Msa = "msa",
        /// Caisse primaire d'assurance maladie.
        Cpam = "cpam",
        /// Préfecture, sous-préfecture, ANEF.
        Prefecture = "prefecture",
        /// Asile : OFII, OFPRA.
        Asylum = "asylum",
        /// Mairie, CCAS.
        TownHall = "town_hall",
        /// Département, MDPH.
        Department = "department",
        /// France Travail.
        Employment = "employment",
        /// Impôts.
        Taxes = "taxes",
        /// Caisse de retraite.
        Pension = "pension",
        /// Logement : bailleur, SIAO, demande de logement social.
        Housing = "housing",
        /// Justice : tribunal, aide juridictionnelle.
        Court = "court",
        /// Banque, La Poste.
        Bank = "bank",
        /// Opérateur de téléphone, d'énergie, de transport.
        Utility = "utility",
        /// Hôpital, soins.
        Care = "care",
        /// École, université.
        School = "school",
        /// Un autre service.
        Other = "other",
    }

    /// What an amount is paid for.
    AmountPer {
        /// Once.
        Once = "once",
        /// Each month.
        Month = "month",
        /// Each quarter.
        Quarter = "quarter",
        /// Each year.
        Year = "year",
    }
}

impl ProcedureState {
    /// Whether nothing more is awaited from anyone.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::ClosedByPerson | Self::Dismissed
        )
    }
}

impl Theme {
    /// The compartment where a procedure on this theme is proposed to be written: what tells of
    /// health, of residence or of justice is not for all who follow someone up.
    #[must_use]
    pub const fn usual_compartment(self) -> crate::Compartment {
        match self {
            Self::Health => crate::Compartment::Health,
            Self::Justice | Self::Foreign => crate::Compartment::Legal,
            _ => crate::Compartment::Social,
        }
    }
}
