//! Closed lists of words from the vocabulary. Each has a stable `word()`, used in storage,
//! addresses and Fluent keys; the French shown to people lives in Fluent files, never here.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// Every value, in the order pages show them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its stable word in storage, addresses and Fluent keys.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value of that word; `None` where it is no such word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}
pub(crate) use words;

words! {
    /// What a writing says: never mixed in one writing.
    Nature {
        /// An observed fact (fait observé).
        Fact = "fact",
        /// The person's words (parole de la personne).
        Words = "words",
        /// A hypothesis to check with the person (hypothèse).
        Hypothesis = "hypothesis",
        /// What was agreed (ce qui est convenu).
        Agreement = "agreement",
    }

    /// Who did a step, always from the person's side (qui a fait).
    Conduct {
        /// The person alone (●).
        Alone = "alone",
        /// The person, with help (◐).
        WithHelp = "with_help",
        /// Someone, in the person's place (○).
        InPlace = "in_place",
        /// In a workshop.
        Workshop = "workshop",
    }

    /// Why someone acted in the person's place (motif).
    InPlaceReason {
        /// The person has no device.
        NoDevice = "no_device",
        /// There is no connection.
        NoConnection = "no_connection",
        /// The person's account is locked.
        LockedAccount = "locked_account",
        /// The service exists online only.
        OnlineOnly = "online_only",
        /// Language or reading stood in the way.
        Language = "language",
        /// Time pressed.
        TimePressure = "time_pressure",
        /// The person's health stood in the way.
        Health = "health",
        /// The person chose so.
        Choice = "choice",
        /// An emergency.
        Emergency = "emergency",
    }

    /// What a step, a mandate or a procedure is about (thème).
    Theme {
        /// Papiers.
        Papers = "papers",
        /// Famille.
        Family = "family",
        /// Social.
        Social = "social",
        /// Santé.
        Health = "health",
        /// Travail.
        Work = "work",
        /// Logement.
        Housing = "housing",
        /// Transports.
        Transport = "transport",
        /// Argent.
        Money = "money",
        /// Justice.
        Justice = "justice",
        /// Étranger.
        Foreign = "foreign",
        /// Loisirs.
        Leisure = "leisure",
        /// Numérique.
        Digital = "digital",
    }

    /// How contact was made for a step.
    ContactMode {
        /// Accueil sans rendez-vous.
        DropIn = "drop_in",
        /// Rendez-vous au bureau.
        Office = "office",
        /// À domicile.
        Home = "home",
        /// À l'extérieur.
        Outside = "outside",
        /// Téléphone.
        Phone = "phone",
        /// Visio.
        Video = "video",
        /// Courriel.
        Email = "email",
        /// Courrier.
        Post = "post",
        /// Avec un tiers.
        ThirdParty = "third_party",
    }

    /// Why an accompaniment was closed.
    ClosingReason {
        /// Objectif réalisé.
        GoalReached = "goal_reached",
        /// Accès à un logement ou hébergement.
        Housed = "housed",
        /// Fin de contrat ou de mesure.
        EndOfMeasure = "end_of_measure",
        /// Relais vers une autre équipe.
        HandedOver = "handed_over",
        /// Départ du territoire.
        LeftArea = "left_area",
        /// Retour au pays.
        ReturnedHome = "returned_home",
        /// À la demande de la personne.
        AtRequest = "at_request",
        /// Plus de nouvelles.
        NoNews = "no_news",
        /// Séparation du ménage.
        HouseholdSplit = "household_split",
        /// Décès.
        Death = "death",
        /// Autre.
        Other = "other",
    }

    /// What a worker may do beyond their teams' records.
    Role {
        /// A worker (professionnel·le).
        Worker = "worker",
        /// A lead of the team (chef·fe de service).
        Lead = "lead",
        /// An administrator of the organisation, who opens no record by that role.
        Administrator = "administrator",
    }

    /// How the person gave consent to a mandate or a grant.
    ConsentForm {
        /// By signing the printed sheet.
        Signed = "signed",
        /// Aloud, before the worker.
        Spoken = "spoken",
        /// Aloud, with an interpreter.
        Interpreted = "interpreted",
        /// With their card, in a worker's office.
        Card = "card",
        /// From their own space.
        OwnSpace = "own_space",
    }

    /// What a document is (nature du document).
    DocumentKind {
        /// Carte d'identité.
        IdentityCard = "identity_card",
        /// Passeport.
        Passport = "passport",
        /// Titre de séjour.
        ResidencePermit = "residence_permit",
        /// Récépissé de demande de titre de séjour.
        ResidenceReceipt = "residence_receipt",
        /// Acte d'état civil, livret de famille.
        CivilRecord = "civil_record",
        /// Justificatif de domicile.
        ProofOfAddress = "proof_of_address",
        /// Attestation d'hébergement.
        HostingCertificate = "hosting_certificate",
        /// Attestation d'élection de domicile.
        Domiciliation = "domiciliation",
        /// Avis d'impôt.
        TaxNotice = "tax_notice",
        /// Complémentaire santé solidaire.
        HealthCover = "health_cover",
        /// Aide médicale de l'État.
        Ame = "ame",
        /// Carte Vitale, attestation de droits.
        HealthInsurance = "health_insurance",
        /// Attestation de paiement de la CAF.
        CafCertificate = "caf_certificate",
        /// RQTH.
        Rqth = "rqth",
        /// RIB.
        BankDetails = "bank_details",
        /// Bulletin de salaire, contrat.
        Work = "work",
        /// Jugement, convocation.
        Justice = "justice",
        /// Ordonnance, certificat médical.
        Medical = "medical",
        /// Courrier reçu.
        Letter = "letter",
        /// Photo.
        Photo = "photo",
        /// Autre.
        Other = "other",
    }

    /// Where an appointment stands.
    AppointmentState {
        /// À venir.
        Planned = "planned",
        /// Honoré.
        Kept = "kept",
        /// Excusé.
        Excused = "excused",
        /// Annulé.
        Cancelled = "cancelled",
        /// Absence.
        Missed = "missed",
    }

    /// How an appointment appears on the person's side.
    AppointmentShow {
        /// Visible and notified.
        Notified = "notified",
        /// Visible, without notice.
        Silent = "silent",
        /// Invisible on shared phones.
        Hidden = "hidden",
    }

    /// A tie between two people, read from the record's person (lien).
    TieKind {
        /// Conjoint·e.
        Partner = "partner",
        /// Enfant.
        Child = "child",
        /// Parent.
        Parent = "parent",
        /// Frère ou sœur.
        Sibling = "sibling",
        /// Une personne de confiance.
        Trusted = "trusted",
        /// Autre.
        Other = "other",
    }

    /// How an administration addresses the person (civilité).
    Title {
        /// Madame.
        Madam = "madam",
        /// Monsieur.
        Sir = "sir",
        /// Not said.
        Unsaid = "unsaid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_word(theme.word()), Some(*theme));
            assert_eq!(
                serde_json::to_string(theme).unwrap(),
                format!("\"{}\"", theme.word())
            );
        }
        assert_eq!(Conduct::from_word("score"), None);
    }
}
