//! The counters of the observatory.

use crate::{
    PostgresTransaction,
    row::{Column, engine},
};
use async_trait::async_trait;
use domain::{
    id::OrganisationId,
    procedure::{BrakeKind, ServiceConcerned},
};
use jiff::civil::Date;
use storage::{BrakeCountRow, BrakeCounted, ObservatoryRepository, StorageError};

#[async_trait]
impl ObservatoryRepository for PostgresTransaction {
    async fn count_brake(&mut self, counted: &BrakeCounted) -> Result<(), StorageError> {
        let (organisation, month) = (
            &counted.organisation.as_bytes()[..],
            counted.month.to_string(),
        );
        let (service, kind) = (counted.service.word(), counted.kind.word());
        sqlx::query!(
            "INSERT INTO brake_counts (organisation, month, service, kind, count)
             VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (organisation, month, service, kind)
             DO UPDATE SET count = brake_counts.count + 1",
            organisation,
            month,
            service,
            kind
        )
        .execute(self.on())
        .await
        .map_err(engine)?;
        Ok(())
    }

    async fn brake_counts(
        &mut self,
        organisation: OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<BrakeCountRow>, StorageError> {
        let of = |column| Column("brake_counts", column);
        let (bytes, from, to) = (
            &organisation.as_bytes()[..],
            from.to_string(),
            to.to_string(),
        );
        let rows = sqlx::query!(
            "SELECT month, service, kind, count FROM brake_counts
             WHERE organisation = $1 AND month BETWEEN $2 AND $3
             ORDER BY month, service, kind",
            bytes,
            from,
            to
        )
        .fetch_all(self.on())
        .await
        .map_err(engine)?;
        rows.into_iter()
            .map(|row| {
                let unknown = |column| of(column).broken("no such word");
                let counted = BrakeCounted {
                    organisation,
                    month: of("month").date(&row.month)?,
                    service: ServiceConcerned::from_word(&row.service)
                        .ok_or_else(|| unknown("service"))?,
                    kind: BrakeKind::from_word(&row.kind).ok_or_else(|| unknown("kind"))?,
                };
                let count = of("count").count(row.count)?;
                Ok(BrakeCountRow { counted, count })
            })
            .collect()
    }
}
