//! Pieces: what a procedure asks for, and how each is met. What is missing is derived each time
//! from the safe as it stands, never written down.

use crate::{
    document::Validity,
    id::{DocumentId, PieceId},
    search::plain,
    words::DocumentKind,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Something that a procedure asks for (pièce justificative).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its identifier.
    pub id: PieceId,
    /// What is asked for, in the page's words or the team's.
    pub label: String,
    /// The case it belongs to on the page; empty where it is asked of everyone.
    #[serde(default)]
    pub case: String,
    /// Whether a page proposed it: a person checks it before it counts.
    #[serde(default)]
    pub from_page: bool,
}

/// How a piece is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// By a document of the safe.
    Document(DocumentId),
    /// It was given to the service already.
    GivenOn(Date),
    /// It is not needed, and why.
    NotNeeded(String),
    /// It is to be found again: what was said before no longer holds.
    NotYet,
}

/// How a piece stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceStanding {
    /// Nothing meets it.
    Missing,
    /// A document meets it; how its validity stands.
    Document(DocumentId, Validity),
    /// A document met it that the reader does not open or that left the safe.
    DocumentElsewhere,
    /// It was given that day.
    Given(Date),
    /// It is not needed, and why.
    NotNeeded(String),
}

impl PieceStanding {
    /// Whether it must still be found: nothing meets it, or a document that ended.
    #[must_use]
    pub fn lacks(&self) -> bool {
        matches!(self, Self::Missing | Self::Document(_, Validity::Ended))
    }
}

/// Words of pages, without accents, and the documents that usually meet them. The first that is
/// found gives its documents, so the longer come first.
const NAMED: [(&str, &[DocumentKind]); 27] = {
    use DocumentKind as D;
    [
        ("recepisse", &[D::ResidenceReceipt]),
        (
            "titre de sejour",
            &[D::ResidencePermit, D::ResidenceReceipt],
        ),
        (
            "carte de sejour",
            &[D::ResidencePermit, D::ResidenceReceipt],
        ),
        ("attestation de droits", &[D::HealthInsurance]),
        ("carte vitale", &[D::HealthInsurance]),
        ("attestation de paiement", &[D::CafCertificate]),
        ("attestation caf", &[D::CafCertificate]),
        ("hebergement", &[D::HostingCertificate]),
        ("domiciliation", &[D::Domiciliation]),
        ("election de domicile", &[D::Domiciliation]),
        (
            "justificatif de domicile",
            &[D::ProofOfAddress, D::Domiciliation, D::HostingCertificate],
        ),
        ("quittance de loyer", &[D::ProofOfAddress]),
        ("impot", &[D::TaxNotice]),
        ("imposition", &[D::TaxNotice]),
        (
            "justificatif d identite",
            &[D::IdentityCard, D::Passport, D::ResidencePermit],
        ),
        (
            "piece d identite",
            &[D::IdentityCard, D::Passport, D::ResidencePermit],
        ),
        ("carte d identite", &[D::IdentityCard]),
        ("passeport", &[D::Passport]),
        ("acte de naissance", &[D::CivilRecord]),
        ("livret de famille", &[D::CivilRecord]),
        ("acte de mariage", &[D::CivilRecord]),
        ("bulletin de salaire", &[D::Work]),
        ("contrat de travail", &[D::Work]),
        ("releve d identite bancaire", &[D::BankDetails]),
        ("rib", &[D::BankDetails]),
        ("certificat medical", &[D::Medical]),
        ("photo", &[D::Photo]),
    ]
};

impl Piece {
    /// The kinds of document that usually meet it, as its words tell; none where they tell nothing.
    /// It proposes and decides nothing: a person chooses the document.
    #[must_use]
    pub fn usual_kinds(&self) -> &'static [DocumentKind] {
        let words = format!(" {} ", plain(&self.label));
        NAMED
            .iter()
            .find(|(named, _)| words.contains(&format!(" {named}")))
            .map_or(&[], |(_, kinds)| kinds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_page_tell_which_documents_to_propose() {
        use DocumentKind as D;
        for (label, kinds) in [
            (
                "Un justificatif de domicile de moins de 3 mois",
                &[D::ProofOfAddress, D::Domiciliation, D::HostingCertificate][..],
            ),
            ("Dernier avis d’imposition", &[D::TaxNotice]),
            (
                "Pièce d’identité en cours de validité",
                &[D::IdentityCard, D::Passport, D::ResidencePermit],
            ),
            ("RIB", &[D::BankDetails]),
            ("2 photos d’identité", &[D::Photo]),
            ("Tribune libre", &[]),
            ("Lettre expliquant la situation", &[]),
        ] {
            let piece = Piece {
                id: PieceId::from_bytes([1; 16]),
                label: label.into(),
                case: String::new(),
                from_page: true,
            };
            assert_eq!(piece.usual_kinds(), kinds, "{label}");
        }
    }
}
