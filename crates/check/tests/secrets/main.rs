//! Secrets as a scan meets them: files of an image, and bytes that mean harm.

mod hostile;
mod planted;
