//! Where a procedure finds the page it is opened from. Whoever holds the catalogue implements it; a
//! server without one offers no page, and procedures are opened free.

use service::Offer;

/// The pages that procedures are opened from.
pub trait Offers: Send + Sync {
    /// What that page offers, in the edition in use; `None` where there is no such page.
    fn offer(&self, page: &str) -> Option<Offer>;
}

/// No page at all.
pub(crate) struct NoOffers;

impl Offers for NoOffers {
    fn offer(&self, _page: &str) -> Option<Offer> {
        None
    }
}
