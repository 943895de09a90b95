//! One repository, from outside: its mirrors and itself, asked in turn on threads of their own.

use super::blob::{BlobReader, Download};
use super::error::RegistryError;
use super::mirror;
use super::options::RegistryOptions;
use super::session::{ManifestName, Session};
use super::{Threads, transport};
use crate::artifact::Blob;
use lazaret_core::digest::Digest;
use lazaret_core::reference::Reference;
use std::cell::Cell;
use std::io::Read;
use std::sync::Arc;

/// The ways to one repository.
pub(crate) struct Connection {
    threads: Threads,
    /// Who is asked, in order: mirrors, and the registry itself.
    sessions: Vec<Arc<Session>>,
    /// The first one that is still asked: a mirror that failed is not asked again.
    first: Cell<usize>,
}

impl Connection {
    /// Prepares to read.
    pub(crate) fn reading(
        reference: &Reference,
        options: &RegistryOptions,
    ) -> Result<Self, RegistryError> {
        let transport = transport(options, options.timeout)?;
        let (mut endpoints, own) = mirror::endpoints(reference, options)?;
        endpoints.push(own);
        let threads = Threads::start()?;
        let begin = |endpoint| Session::begin(transport.clone(), endpoint, options);
        let sessions =
            endpoints.into_iter().map(|endpoint| Arc::new(threads.wait(begin(endpoint))));
        Ok(Self { sessions: sessions.collect(), threads, first: Cell::new(0) })
    }

    /// Prepares to write, and to read what is there. A mirror is not asked: it may be behind.
    pub(crate) fn writing(
        reference: &Reference,
        options: &RegistryOptions,
    ) -> Result<Self, RegistryError> {
        let (_, own) = mirror::endpoints(reference, options)?;
        let threads = Threads::start()?;
        let uploads = transport(options, options.timeout.max(super::push::UPLOAD_TIMEOUT))?;
        let session = Session::begin(transport(options, options.timeout)?, own, options);
        let session = Arc::new(threads.wait(session).for_writing(uploads.once()));
        Ok(Self { sessions: vec![session], threads, first: Cell::new(0) })
    }

    /// Asks everyone in turn, until one has it.
    fn ask<T>(
        &self,
        ask: impl Fn(&Arc<Session>) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mut left = self.sessions.iter().enumerate().skip(self.first.get()).peekable();
        loop {
            let Some((position, session)) = left.next() else { return Err(RegistryError::Nobody) };
            match ask(session) {
                Err(error) if left.peek().is_some() => {
                    tracing::warn!(mirror = session.registry(), %error, "mirror passed over");
                    if !matches!(error, RegistryError::NotFound { .. }) {
                        self.first.set(position.saturating_add(1));
                    }
                }
                answer => return answer,
            }
        }
    }

    /// A manifest and the digest that pins it.
    pub(crate) fn manifest(
        &self,
        name: &ManifestName,
        bytes_max: u64,
    ) -> Result<(Vec<u8>, Digest), RegistryError> {
        self.ask(|session| self.threads.wait(session.manifest(name, bytes_max)))
    }

    /// The pages of the list of what refers to a manifest; nothing where there is no such list.
    pub(crate) fn referrers(
        &self,
        digest: &Digest,
        bytes_max: u64,
    ) -> Result<Option<Vec<Vec<u8>>>, RegistryError> {
        self.ask(|session| self.threads.wait(session.referrers(digest, bytes_max)))
    }

    /// Begins to download a blob: as many bytes as said, not verified.
    pub(crate) fn blob(
        &self,
        digest: &Digest,
        size_bytes: u64,
    ) -> Result<impl Read + use<>, RegistryError> {
        self.ask(|session| {
            let begin = Download::begin(Arc::clone(session), digest.clone(), size_bytes);
            Ok(BlobReader::spawn(self.threads.wait(begin)?, self.threads.handle()))
        })
    }

    /// Whether the repository has a blob.
    pub(crate) fn has_blob(&self, digest: &Digest) -> Result<bool, RegistryError> {
        self.ask(|session| self.threads.wait(session.has_blob(digest)))
    }

    /// Writes a blob.
    pub(crate) fn upload(&self, blob: &Blob) -> Result<(), RegistryError> {
        self.ask(|session| self.threads.wait(session.upload(blob)))
    }

    /// Writes a manifest or index. Says whether the registry lists it beside its subject.
    pub(crate) fn put_document(
        &self,
        name: &ManifestName,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<bool, RegistryError> {
        self.ask(|session| self.threads.wait(session.put_document(name, media_type, bytes)))
    }

    /// Writes a manifest.
    pub(crate) fn put_manifest(
        &self,
        name: &ManifestName,
        bytes: &[u8],
    ) -> Result<(), RegistryError> {
        self.ask(|session| self.threads.wait(session.put_manifest(name, bytes)))
    }
}
