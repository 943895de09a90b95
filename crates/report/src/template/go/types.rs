//! The types of Trivy's results, by their names and fields in Go.

use super::value::{Fields, List, Map, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// What a field or an element may hold, and so what it is when nothing was said of it.
#[derive(Debug)]
pub(crate) enum Kind {
    /// An interface: anything.
    Any,
    Bool,
    Int,
    Float,
    Text,
    /// A pointer to a time.
    Time,
    List(&'static Self),
    Map(&'static Self),
    Struct(&'static Type),
    /// A pointer to a structure.
    Pointer(&'static Type),
}

/// A structure.
#[derive(Debug)]
pub(crate) struct Type {
    pub(super) name: &'static str,
    pub(super) fields: &'static [(&'static str, Kind)],
    /// A structure whose fields are its fields too, and its name.
    pub(super) embeds: Option<(&'static str, &'static Self)>,
}

impl Kind {
    /// The value of a field that was left out.
    pub(super) fn zero<'a>(&'static self) -> Value<'a> {
        match self {
            Self::Any => Value::Nil,
            Self::Bool => Value::Bool(false),
            Self::Int => Value::Int(0),
            Self::Float => Value::Float(0.0),
            Self::Text => Value::text(""),
            Self::Time | Self::Pointer(_) => Value::NilPointer,
            Self::List(of) => Value::List(List::nothing(of)),
            Self::Map(of) => Value::Map(Rc::new(Map { of, entries: RefCell::default() })),
            Self::Struct(kind) => Value::Struct(kind, Rc::default()),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Any => "interface {}".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Float => "float64".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Time => "*time.Time".to_owned(),
            Self::List(of) => format!("[]{}", of.name()),
            Self::Map(of) => format!("map[string]{}", of.name()),
            Self::Struct(kind) => kind.name.to_owned(),
            Self::Pointer(kind) => format!("*{}", kind.name),
        }
    }
}

impl Type {
    /// The kind of a field, its own or one of what it embeds.
    pub(crate) fn kind_of(&self, name: &str) -> Option<(&'static str, &'static Kind)> {
        let own = self.fields.iter().find(|(field, _)| *field == name);
        own.map(|(field, kind)| (*field, kind))
            .or_else(|| self.embeds.and_then(|(_, embedded)| embedded.kind_of(name)))
    }

    /// A field's value, if there is such a field.
    pub(super) fn field<'a>(&self, name: &str, fields: &Rc<Fields<'a>>) -> Option<Value<'a>> {
        if let Some((field, embedded)) = self.embeds
            && field == name
        {
            return Some(Value::Struct(embedded, Rc::clone(fields)));
        }
        // The one field whose name in JSON is another.
        let name = if name == "ModifiedFindings" { "ExperimentalModifiedFindings" } else { name };
        if let Some((_, value)) = fields.iter().find(|(field, _)| *field == name) {
            return Some(value.clone());
        }
        self.kind_of(name).map(|(_, kind)| kind.zero())
    }

    /// The names of all fields.
    pub(super) fn field_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.fields.iter().map(|(name, _)| *name).collect();
        names.extend(self.embeds.map(|(_, embedded)| embedded.field_names()).unwrap_or_default());
        names
    }

    /// The type of what a report has under a name.
    pub(super) fn of(rust: &str) -> Option<&'static Self> {
        Some(match rust {
            "TrivyResult" => &RESULT,
            "TrivyPackage" => &PACKAGE,
            "TrivyVulnerability" => &VULNERABILITY,
            "TrivyMisconfiguration" => &MISCONFIGURATION,
            "TrivySecret" => &SECRET,
            "TrivyLicense" => &LICENSE,
            _ => return None,
        })
    }
}

use Kind::{Any, Bool, Float, Int, List as ListOf, Map as MapOf, Pointer, Struct, Text, Time};

/// A list of texts.
const TEXTS: Kind = ListOf(&Text);

/// What the list that templates are given is of.
pub(super) static RESULT_KIND: Kind = Struct(&RESULT);

pub(crate) static RESULT: Type = Type {
    name: "types.Result",
    fields: &[
        ("Target", Text),
        ("Class", Text),
        ("Type", Text),
        ("Packages", ListOf(&PACKAGE_KIND)),
        ("Vulnerabilities", ListOf(&VULNERABILITY_KIND)),
        ("MisconfSummary", Pointer(&MISCONF_SUMMARY)),
        ("Misconfigurations", ListOf(&Struct(&MISCONFIGURATION))),
        ("Secrets", ListOf(&Struct(&SECRET))),
        ("Licenses", ListOf(&Struct(&LICENSE))),
        ("CustomResources", ListOf(&Any)),
        ("ExperimentalModifiedFindings", ListOf(&Struct(&MODIFIED))),
    ],
    embeds: None,
};

pub(crate) static PACKAGE_KIND: Kind = Struct(&PACKAGE);

static PACKAGE: Type = Type {
    name: "types.Package",
    fields: &[
        ("ID", Text),
        ("Name", Text),
        ("Identifier", Struct(&IDENTIFIER)),
        ("Version", Text),
        ("Release", Text),
        ("Epoch", Int),
        ("Arch", Text),
        ("Dev", Bool),
        ("SrcName", Text),
        ("SrcVersion", Text),
        ("SrcRelease", Text),
        ("SrcEpoch", Int),
        ("Licenses", TEXTS),
        ("Maintainer", Text),
        ("ExternalReferences", ListOf(&Any)),
        ("Modularitylabel", Text),
        ("BuildInfo", Any),
        ("Indirect", Bool),
        ("Relationship", Text),
        ("DependsOn", TEXTS),
        ("Layer", Struct(&LAYER)),
        ("FilePath", Text),
        ("Digest", Text),
        ("Locations", ListOf(&Struct(&LINES))),
        ("InstalledFiles", TEXTS),
    ],
    embeds: None,
};

static IDENTIFIER: Type = Type {
    name: "types.PkgIdentifier",
    fields: &[("UID", Text), ("PURL", Text), ("BOMRef", Text)],
    embeds: None,
};

static LAYER: Type = Type {
    name: "types.Layer",
    fields: &[("Size", Int), ("Digest", Text), ("DiffID", Text), ("CreatedBy", Text)],
    embeds: None,
};

static LINES: Type =
    Type { name: "types.Location", fields: &[("StartLine", Int), ("EndLine", Int)], embeds: None };

pub(crate) static VULNERABILITY_KIND: Kind = Struct(&VULNERABILITY);

static VULNERABILITY: Type = Type {
    name: "types.DetectedVulnerability",
    fields: &[
        ("VulnerabilityID", Text),
        ("VendorIDs", TEXTS),
        ("PkgID", Text),
        ("PkgName", Text),
        ("PkgPath", Text),
        ("PkgIdentifier", Struct(&IDENTIFIER)),
        ("InstalledVersion", Text),
        ("FixedVersion", Text),
        ("Status", Text),
        ("Layer", Struct(&LAYER)),
        ("SeveritySource", Text),
        ("PrimaryURL", Text),
        ("DataSource", Pointer(&DATA_SOURCE)),
        ("Fingerprint", Text),
    ],
    embeds: Some(("Vulnerability", &EMBEDDED)),
};

static EMBEDDED: Type = Type {
    name: "types.Vulnerability",
    fields: &[
        ("Title", Text),
        ("Description", Text),
        ("Severity", Text),
        ("CweIDs", TEXTS),
        ("VendorSeverity", MapOf(&Int)),
        ("CVSS", MapOf(&Struct(&CVSS))),
        ("References", TEXTS),
        ("PublishedDate", Time),
        ("LastModifiedDate", Time),
        ("Custom", Any),
    ],
    embeds: None,
};

static CVSS: Type = Type {
    name: "types.CVSS",
    fields: &[
        ("V2Vector", Text),
        ("V3Vector", Text),
        ("V40Vector", Text),
        ("V2Score", Float),
        ("V3Score", Float),
        ("V40Score", Float),
    ],
    embeds: None,
};

static DATA_SOURCE: Type = Type {
    name: "types.DataSource",
    fields: &[("ID", Text), ("BaseID", Text), ("Name", Text), ("URL", Text)],
    embeds: None,
};

static MISCONF_SUMMARY: Type = Type {
    name: "types.MisconfSummary",
    fields: &[("Successes", Int), ("Failures", Int)],
    embeds: None,
};

static MISCONFIGURATION: Type = Type {
    name: "types.DetectedMisconfiguration",
    fields: &[
        ("Type", Text),
        ("ID", Text),
        ("AVDID", Text),
        ("Title", Text),
        ("Description", Text),
        ("Message", Text),
        ("Namespace", Text),
        ("Query", Text),
        ("Resolution", Text),
        ("Severity", Text),
        ("PrimaryURL", Text),
        ("References", TEXTS),
        ("Status", Text),
        ("Layer", Struct(&LAYER)),
        ("CauseMetadata", Struct(&CAUSE)),
        ("Traces", TEXTS),
    ],
    embeds: None,
};

static CAUSE: Type = Type {
    name: "types.CauseMetadata",
    fields: &[
        ("Resource", Text),
        ("Provider", Text),
        ("Service", Text),
        ("StartLine", Int),
        ("EndLine", Int),
        ("Code", Struct(&CODE)),
        ("Occurrences", ListOf(&Any)),
    ],
    embeds: None,
};

static CODE: Type =
    Type { name: "types.Code", fields: &[("Lines", ListOf(&Struct(&LINE)))], embeds: None };

static LINE: Type = Type {
    name: "types.Line",
    fields: &[
        ("Number", Int),
        ("Content", Text),
        ("IsCause", Bool),
        ("Annotation", Text),
        ("Truncated", Bool),
        ("Highlighted", Text),
        ("FirstCause", Bool),
        ("LastCause", Bool),
    ],
    embeds: None,
};

static SECRET: Type = Type {
    name: "types.DetectedSecret",
    fields: &[
        ("RuleID", Text),
        ("Category", Text),
        ("Severity", Text),
        ("Title", Text),
        ("StartLine", Int),
        ("EndLine", Int),
        ("Code", Struct(&CODE)),
        ("Match", Text),
        ("Layer", Struct(&LAYER)),
    ],
    embeds: None,
};

static LICENSE: Type = Type {
    name: "types.DetectedLicense",
    fields: &[
        ("Severity", Text),
        ("Category", Text),
        ("PkgName", Text),
        ("FilePath", Text),
        ("Name", Text),
        ("Text", Text),
        ("Confidence", Float),
        ("Link", Text),
    ],
    embeds: None,
};

static MODIFIED: Type = Type {
    name: "types.ModifiedFinding",
    fields: &[
        ("Type", Text),
        ("Status", Text),
        ("Statement", Text),
        ("Source", Text),
        ("Finding", Any),
    ],
    embeds: None,
};
