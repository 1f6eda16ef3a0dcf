//! The results, for people as a table and for programs as JSON lines.

use serde_json::json;

use crate::measure::Compared;

/// What a ratio should be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    Below(f64),
    AtLeast(f64),
}

impl Target {
    fn met(self, ratio: f64) -> bool {
        match self {
            Self::AtMost(bound) => ratio <= bound,
            Self::Below(bound) => ratio < bound,
            Self::AtLeast(bound) => ratio >= bound,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(bound) => format!("<= {bound}"),
            Self::Below(bound) => format!("< {bound}"),
            Self::AtLeast(bound) => format!(">= {bound}"),
        }
    }
}

/// One comparison.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) subject: String,
    pub(crate) against: &'static str,
    pub(crate) compared: Compared,
    pub(crate) target: Option<Target>,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.target.map(|target| target.met(self.compared.ratio)) {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        }
    }

    /// The two figures behind the ratio: times, how two threads speed up, or counts.
    fn figures(&self) -> [&'static str; 2] {
        match self.what {
            "threads" => ["speedup", "loop_speedup"],
            "siege" => ["fetches", "budget"],
            "memory" => ["bytes", "rules"],
            _ => ["nanoseconds", "raw_nanoseconds"],
        }
    }

    fn json(&self) -> String {
        let [ours, theirs] = self.figures();
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        json!({
            "bench": self.what,
            "subject": self.subject,
            ours: round(self.compared.nanoseconds),
            theirs: round(self.compared.against),
            "ratio": round(self.compared.ratio),
            "against": self.against,
            "target": self.target.map(Target::text),
            "met": self.target.map(|target| target.met(self.compared.ratio)),
        })
        .to_string()
    }

    fn line(&self) -> String {
        let digits = if self.what == "threads" { 2 } else { 0 };
        format!(
            "{:<8} {:<24} {:>10.digits$} {:>10.digits$} {:>8.3}  {:<8} {:<7} {}",
            self.what,
            self.subject,
            self.compared.nanoseconds,
            self.compared.against,
            self.compared.ratio,
            self.target.map_or_else(String::new, Target::text),
            self.verdict(),
            self.against,
        )
    }
}

/// Prints rows as they come.
pub(crate) struct Report {
    only_json: bool,
    lines: Vec<String>,
}

impl Report {
    /// `figures` says what the figures are.
    pub(crate) fn new(only_json: bool, figures: &str) -> Self {
        if !only_json {
            println!("Back end: {}. {figures}\n", openssl::version::version());
            println!(
                "{:<8} {:<24} {:>10} {:>10} {:>8}  {:<8} {:<7} against",
                "bench", "subject", "call", "against", "ratio", "target", ""
            );
        }
        Self {
            only_json,
            lines: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, row: Row) {
        if self.only_json {
            println!("{}", row.json());
        } else {
            println!("{}", row.line());
            self.lines.push(row.json());
        }
    }

    pub(crate) fn finish(self) {
        if !self.only_json {
            println!("\n{}", self.lines.join("\n"));
        }
    }
}
