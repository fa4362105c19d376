//! A sign-out that the server has yet to hear of.
//!
//! The session is a cookie that only the server's answer takes away. Who signs out without a network leaves it behind, so the
//! device notes that the sign-out is owed, before anything else. As long as it is, nobody is signed in here, and no request
//! leaves with that cookie but the one that ends its session: each other one waits for it, and fails as it does.

use std::cell::Cell;

use qianbao_api::ProblemCode;

use crate::client::{Client, malformed};
use crate::error::ClientError;
use crate::transport::{Method, Request};

/// Where a session ends.
const SESSION: &str = "/v1/session";
/// The status of an answer without content, which the end of a session has; a page of somebody in between has another.
const NO_CONTENT: u16 = 204;

/// The note that a sign-out is owed: one bit of the device, of all tabs together.
///
/// It lies beside the [store](crate::storage::Storage): it has to outlive the wiping of the copy, and a private window that
/// keeps no copy keeps the cookie as well. It is read and written at once, so nothing can be asked in between.
pub trait Owed {
    /// Whether a sign-out is owed.
    fn is_owed(&self) -> bool;
    /// Notes that one is owed.
    fn note(&self);
    /// The server has heard of it.
    fn settle(&self);
}

/// A note in memory, where there is nothing that outlives the page.
#[derive(Debug, Default)]
pub struct OwedInMemory(Cell<bool>);

impl Owed for OwedInMemory {
    fn is_owed(&self) -> bool {
        self.0.get()
    }
    fn note(&self) {
        self.0.set(true);
    }
    fn settle(&self) {
        self.0.set(false);
    }
}

impl Client {
    /// Whether a sign-out on this device has yet to reach the server.
    pub(crate) fn owes_sign_out(&self) -> bool {
        self.inner.platform.owed.is_owed()
    }

    /// Sees to it that no sign-out is owed any more; nothing is asked where none is. Once the server has heard of it, a notice of
    /// the session says so: the browser has cleared the site's storage.
    ///
    /// # Errors
    /// Why the server could not be told. The sign-out is still owed then.
    pub(crate) async fn part_first(&self) -> Result<(), ClientError> {
        if !self.owes_sign_out() {
            return Ok(());
        }
        // Another tab is leaving, and its word has not reached this one yet.
        self.leave();
        let _turn = self.inner.parting.lock().await;
        // Whoever had the turn before may have told the server.
        if self.owes_sign_out() {
            self.end_session().await?;
            self.session_changed();
        }
        Ok(())
    }

    /// Tells the server that the person has signed out. To be called by who has the turn: two at once could end the session
    /// of somebody who has signed in between them.
    pub(crate) async fn end_session(&self) -> Result<(), ClientError> {
        let answer = self.send(Request::bare(Method::Delete, SESSION)).await;
        match answer {
            Ok(answer) if answer.status != NO_CONTENT => {
                return Err(malformed(SESSION, format!("status {}", answer.status), &answer.request_id));
            }
            // A session that is over already has nothing left to end.
            Err(error) if error.code() != Some(ProblemCode::SignInRequired) => return Err(error),
            Ok(_) | Err(_) => self.inner.platform.owed.settle(),
        }
        Ok(())
    }
}
