//! The scripts that say their version.

use super::classifier::{Classifier, Evidence};

/// Sorted by product.
pub(super) static SCRIPTS: &[Classifier] = &[
    Classifier {
        product: "composer",
        module: None,
        files: &["composer", "composer.phar"],
        // What Composer installed of itself, in the archive it is released as.
        evidence: &[Evidence::near(
            "'pretty_version'",
            r"'pretty_version'\s*=>\s*'([0-9]+\.[0-9]+\.[0-9]+(?:-?(?:alpha|beta|RC)[0-9]+)?)'",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "elixir",
        module: None,
        files: &["elixir"],
        evidence: &[Evidence::sure(
            "ELIXIR_VERSION=",
            r"ELIXIR_VERSION=([0-9]+\.[0-9]+\.[0-9]+(?:-[a-z]+(?:\.[0-9]+)?)?)\s",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "firefox",
        module: None,
        files: &["application.ini"],
        evidence: &[Evidence::near(
            "Name=Firefox",
            r"Name=Firefox\r?\n(?:[A-Za-z]+=[^\r\n]*\r?\n)*?Version=([0-9]+[0-9.]*(?:[ab][0-9]+|esr)?)\r?\n",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "thunderbird",
        module: None,
        files: &["application.ini"],
        evidence: &[Evidence::near(
            "Name=Thunderbird",
            r"Name=Thunderbird\r?\n(?:[A-Za-z]+=[^\r\n]*\r?\n)*?Version=([0-9]+[0-9.]*(?:[ab][0-9]+|esr)?)\r?\n",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "wordpress",
        module: None,
        files: &["version.php"],
        evidence: &[Evidence::sure(
            "$wp_version = ",
            r"\$wp_version = '([0-9]+\.[0-9]+(?:\.[0-9]+)?(?:-[A-Za-z0-9-]{1,24})?)';",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "wp-cli",
        module: None,
        files: &["wp", "wp-cli.phar"],
        evidence: &[Evidence::near(
            "wp-cli/wp-cli ",
            r"wp-cli/wp-cli ([0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)[0-9.]*)?)",
        )],
        instead_of: &[],
    },
];
