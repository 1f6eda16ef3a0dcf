//! Deny rules: tokens refused although all else holds, some only while a
//! switch is on for the scope that a call names.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::claims::View;
use super::consult::Consult;
use super::matcher::Matchers;
use crate::codec::document::given;
use crate::error::{Error, ErrorKind, Result};

/// A deny rule as options spell it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DenyOption {
    name: String,
    when: Map<String, Value>,
    #[serde(default, deserialize_with = "given")]
    switch: Option<String>,
}

/// A deny rule, compiled: refuses what all its matchers match.
#[derive(Clone, Debug)]
pub(crate) struct Deny {
    name: String,
    when: Matchers,
    switch: Option<String>,
}

impl Deny {
    pub(super) fn compile(place: &str, option: &DenyOption) -> Result<Self> {
        let refused = |what: &str| Err(Error::new(ErrorKind::Options, format!("{place}: {what}")));
        if option.name.is_empty() {
            return refused("the rule's name is empty");
        }
        if option.when.is_empty() {
            return refused("\"when\" is empty: the rule would refuse every token");
        }
        if option.switch.as_deref() == Some("") {
            return refused("the switch's name is empty");
        }
        Ok(Self {
            name: option.name.clone(),
            when: Matchers::read(&format!("{place}.when"), &option.when)?,
            switch: option.switch.clone(),
        })
    }

    /// Whether the rule hangs on a switch, and so needs revocations and a scope.
    pub(crate) fn is_switched(&self) -> bool {
        self.switch.is_some()
    }

    /// The rule as options spell it.
    pub(super) fn to_json(&self) -> Value {
        let mut rule = json!({ "name": self.name, "when": self.when.to_json() });
        if let (Some(switch), Some(rule)) = (&self.switch, rule.as_object_mut()) {
            rule.insert("switch".into(), json!(switch));
        }
        rule
    }

    /// Fails with [`ErrorKind::Denied`] where the rule is on and matches.
    pub(super) fn check(
        &self,
        view: &View<'_>,
        consult: Option<&dyn Consult>,
        scope: &str,
    ) -> Result<()> {
        let on = self.switch.as_deref().is_none_or(|switch| {
            !scope.is_empty() && consult.is_some_and(|consult| consult.is_on(scope, switch))
        });
        if on && self.when.match_all(|name| view.find(name)) {
            return Err(Error::new(
                ErrorKind::Denied,
                format!("refused by the rule \"{}\"", self.name),
            ));
        }
        Ok(())
    }
}
