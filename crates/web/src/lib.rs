//! What people meet over HTTP: routes, pages, forms, cookies, languages, assets.
//!
//! A page asks a use case and shows its answer; rights are never decided here. What never lives
//! here: storage, keys, sealing.

mod admin;
mod assets;
mod calculate;
mod calendar;
mod cookie;
mod fiche;
mod form;
mod guard;
mod headers;
mod language;
mod limits;
mod looked;
mod observatory;
mod page;
mod person;
mod procedures;
mod public;
mod routes;
mod set;
mod sheets;
mod taken;
mod upload;
mod worker;

pub use calculate::{ApiKey, Calculator};
pub use language::Language;
pub use limits::Limits;
pub use routes::{Access, Method, Route, router, table};

use catalogue::Shelf;
use service::Service;
use std::sync::Arc;

/// What pages need.
#[derive(Clone)]
pub struct Web {
    /// The use cases.
    pub service: Service,
    /// How this server is reached.
    pub settings: Arc<WebSettings>,
    /// The editions of the official catalogue.
    pub catalogue: Shelf,
    /// How often an address or a name may try to sign in.
    pub limits: Arc<Limits>,
    /// The blank forms that can be filled here.
    pub forms: Arc<forms::Shelf>,
    /// The law that says which rights may be due.
    pub law: Arc<rights::Law>,
    /// The interface for calculating rights, where it is on.
    pub calculator: Option<Arc<Calculator>>,
    /// Who binds papers in one PDF, where someone does.
    pub binder: Option<Arc<dyn forms::Bind>>,
}

/// How this server is reached.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The address printed on cards, such as `https://dossier.exemple.fr`.
    pub public_url: String,
    /// How many proxies in front are trusted, counted from the right of `X-Forwarded-For`.
    pub trusted_hops: usize,
}

impl Web {
    /// Pages over these use cases.
    #[must_use]
    pub fn new(service: Service, settings: WebSettings) -> Self {
        Self {
            service,
            settings: Arc::new(settings),
            catalogue: Shelf::sample(),
            limits: Arc::new(Limits::new()),
            forms: Arc::default(),
            law: Arc::default(),
            calculator: None,
            binder: None,
        }
    }

    /// The same pages, with those blank forms to fill.
    #[must_use]
    pub fn with_forms(mut self, forms: forms::Shelf) -> Self {
        self.forms = Arc::new(forms);
        self
    }

    /// The same, whose pages say of rights what that law says: none where it is empty.
    #[must_use]
    pub fn with_law(mut self, law: Arc<rights::Law>) -> Self {
        self.law = law;
        self
    }

    /// The same, with the interface for calculating rights.
    #[must_use]
    pub fn with_calculator(mut self, calculator: Option<Arc<Calculator>>) -> Self {
        self.calculator = calculator;
        self
    }

    /// The same, whose papers that one binds.
    #[must_use]
    pub fn with_binder(mut self, binder: impl forms::Bind + 'static) -> Self {
        self.binder = Some(Arc::new(binder));
        self
    }

    /// The same, with these editions of the official catalogue instead of its sample.
    #[must_use]
    pub fn with_catalogue(mut self, catalogue: Shelf) -> Self {
        self.catalogue = catalogue;
        self
    }
}
