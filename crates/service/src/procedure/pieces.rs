//! The pieces of a procedure: checked by someone, met by the safe, or said to be given or needless.

use super::{Begun, check_line};
use crate::{Result, Service, ServiceError, Who, WorkerSession};
use domain::{
    id::{PersonId, PieceId, ProcedureId},
    procedure::{Met, Piece, ProcedureEvent},
};

/// Whether a piece may be met so.
fn check_met(begun: &Begun, met: &Met, today: jiff::civil::Date) -> Result<()> {
    match met {
        // A document of the safe as the asker opens it: one they do not open is as if it were not.
        Met::Document(id) => match begun.record.document(*id) {
            Some(_) => Ok(()),
            None => Err(ServiceError::NotFound),
        },
        Met::GivenOn(day) if *day > today => Err(ServiceError::Invalid {
            field: "given_on",
            key: "error-step-future",
        }),
        Met::NotNeeded(reason) => check_line("reason", reason, true),
        Met::GivenOn(_) | Met::NotYet => Ok(()),
    }
}

impl Service {
    /// Says which of the proposed pieces are asked for; the others leave the list.
    pub async fn check_pieces(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        kept: &[PieceId],
    ) -> Result<()> {
        let who = Who::Worker(session, person);
        let checked = |begun: &Begun| {
            let pieces = &begun.procedure()?.pieces;
            let proposed = pieces.iter().filter(|p| p.piece.from_page);
            let kept = proposed
                .map(|p| p.piece.id)
                .filter(|p| kept.contains(p))
                .collect();
            Ok(ProcedureEvent::PiecesChecked { kept })
        };
        self.inner.tell_of(&who, id, checked).await?;
        Ok(())
    }

    /// Asks for one more piece.
    pub async fn ask_piece(
        &self,
        session: &WorkerSession,
        person: PersonId,
        id: ProcedureId,
        label: &str,
    ) -> Result<PieceId> {
        check_line("label", label, true)?;
        let who = Who::Worker(session, person);
        let piece = Piece {
            id: PieceId::from_bytes(self.inner.new_id()),
            label: label.trim().to_owned(),
            case: String::new(),
            from_page: false,
        };
        let asked = piece.id;
        let event = |_: &Begun| Ok(ProcedureEvent::PieceAsked(piece.clone()));
        self.inner.tell_of(&who, id, event).await?;
        Ok(asked)
    }

    /// Says how a piece is met. The person may say it too, but not that it is needless.
    pub async fn meet_piece(
        &self,
        who: &Who<'_>,
        id: ProcedureId,
        piece: PieceId,
        met: Met,
    ) -> Result<()> {
        if matches!((who, &met), (Who::Person(_), Met::NotNeeded(_))) {
            return Err(ServiceError::Forbidden);
        }
        let today = self.today();
        let event = |begun: &Begun| {
            begun.procedure()?.piece(piece)?;
            check_met(begun, &met, today)?;
            let met = met.clone();
            Ok(ProcedureEvent::PieceMet { piece, met })
        };
        self.inner.tell_of(who, id, event).await?;
        Ok(())
    }

    /// Writes that a set of pieces was brought out of the safe, for whom: a sharing, beside the
    /// reading of each document. Gives the sequence of the entry.
    pub async fn bring_pieces(
        &self,
        who: &Who<'_>,
        id: ProcedureId,
        pieces: Vec<PieceId>,
        to: &str,
    ) -> Result<u64> {
        check_line("to", to, true)?;
        let brought = |begun: &Begun| {
            for piece in &pieces {
                begun.procedure()?.piece(*piece)?;
            }
            let (pieces, to) = (pieces.clone(), to.trim().to_owned());
            Ok(ProcedureEvent::PiecesBrought { pieces, to })
        };
        self.inner.tell_of(who, id, brought).await
    }
}
