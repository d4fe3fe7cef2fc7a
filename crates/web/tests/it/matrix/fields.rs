//! What the form of each route sends, so that it is understood.

use super::Scene;

impl Scene {
    /// What a form of that route needs to be understood.
    pub(super) fn fields(&self, route: &str) -> Vec<(&'static str, String)> {
        let own = |s: &str| s.to_owned();
        let name = |n: &str| self.names[n].clone();
        if route.ends_with("/changer") {
            return vec![("kind", own("photo"))];
        }
        if route == "/mon-code" {
            return vec![("whom", own("me"))];
        }
        if route == "/personnes/importer" {
            return vec![("team", name("{team}"))];
        }
        if route.ends_with("/suivi/ouvrir") {
            return vec![("team", name("{team}"))];
        }
        if route.ends_with("/referent") {
            return vec![("account", self.house.lead.account.to_string())];
        }
        if route.ends_with("/carte/perdue") {
            return vec![
                ("lost", name("{card}")),
                ("lost_pin", own("7295")),
                ("lost_again", own("7295")),
            ];
        }
        if route.ends_with("/rendez-vous/{appointment}") {
            return vec![("state", own("kept"))];
        }
        if route.ends_with("/droits/aide/{right}") {
            return vec![("right", own("af")), ("decision", own("thinking"))];
        }
        if route.ends_with("/droits/reponses") {
            return vec![("fact", own("loyer.home.since-2026-03"))];
        }
        if route.starts_with("/administration") {
            return vec![("team", name("{team}")), ("account", name("{account}"))];
        }
        Vec::new()
    }
}
