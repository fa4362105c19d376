//! Who may use a route. A route is added to the [`Table`] by naming its policy; there is no other way to add one.
//!
//! | method | hosts | session |
//! | --- | --- | --- |
//! | [`Table::everyone`] | all | none |
//! | [`Table::apps`] | wallet, desk | none: signing up and in |
//! | [`Table::signed_in`] | wallet, desk | of this host |
//! | [`Table::background`] | wallet, desk | of this host; does not count as use, so it keeps no idle session alive |
//! | [`Table::wallet`] | wallet | of this host |
//! | [`Table::wallet_value`] | wallet | of this host; one that was idle is known as such: routes that move value |
//! | [`Table::desk`] | desk | of this host |
//! | [`Table::desk_value`] | desk | of this host: routes that move value |
//! | [`Table::api`] | api | none: the sender signs what it sends |
//!
//! What moves value is let in only as far as it can be answered soon ([`super::admission`]), before anything is read for it.
//!
//! On another host the route does not exist (`not_found`); without session the answer is `sign_in_required`, or `device_ended` where the person
//! has ended the device.

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use qianbao_api::{Problem, ProblemCode};
use tracing::Instrument;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::Call;
use super::cookie::{self, Cookie};
use crate::app::App;
use crate::hosts::Audience;
use crate::identity::devices;
use crate::identity::session::{self, SessionError, Use};
use crate::problem::Refusal;

/// All routes with their policies and their part of the OpenAPI document.
pub struct Table(OpenApiRouter<App>);

#[derive(Clone, Copy)]
struct Policy {
    audiences: &'static [Audience],
    session: Option<Use>,
    /// Whether the route moves value.
    moves_value: bool,
}

const ALL: &[Audience] = &[Audience::Wallet, Audience::Desk, Audience::Api];
const APPS: &[Audience] = &[Audience::Wallet, Audience::Desk];
const WALLET: &[Audience] = &[Audience::Wallet];
const DESK: &[Audience] = &[Audience::Desk];
const API: &[Audience] = &[Audience::Api];

impl Table {
    /// An empty table whose document starts as `document`.
    pub fn new(document: utoipa::openapi::OpenApi) -> Self {
        Self(OpenApiRouter::with_openapi(document))
    }

    /// For everyone, on every host.
    pub fn everyone(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: ALL, session: None, moves_value: false }, route)
    }

    /// For everyone on the hosts of the apps.
    pub fn apps(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: APPS, session: None, moves_value: false }, route)
    }

    /// For the signed-in person, in the wallet or at the desk.
    pub fn signed_in(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: APPS, session: Some(Use::Reading), moves_value: false }, route)
    }

    /// For the app of the signed-in person, without the person's doing.
    pub fn background(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: APPS, session: Some(Use::Background), moves_value: false }, route)
    }

    /// For everyone in the wallet.
    pub fn wallet_visitor(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: WALLET, session: None, moves_value: false }, route)
    }

    /// For the person signed in to the wallet.
    pub fn wallet(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: WALLET, session: Some(Use::Reading), moves_value: false }, route)
    }

    /// For the person signed in to the wallet, and moves value.
    pub fn wallet_value(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: WALLET, session: Some(Use::Value), moves_value: true }, route)
    }

    /// For the person signed in at the desk.
    pub fn desk(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: DESK, session: Some(Use::Reading), moves_value: false }, route)
    }

    /// For the person signed in at the desk, and moves value.
    pub fn desk_value(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: DESK, session: Some(Use::Reading), moves_value: true }, route)
    }

    /// For programs, which sign what they send.
    pub fn api(self, route: UtoipaMethodRouter<App>) -> Self {
        self.add(Policy { audiences: API, session: None, moves_value: false }, route)
    }

    /// The router and the document.
    pub fn finish(self) -> (axum::Router<App>, utoipa::openapi::OpenApi) {
        self.0.split_for_parts()
    }

    fn add(self, policy: Policy, (schemas, mut paths, route): UtoipaMethodRouter<App>) -> Self {
        for item in paths.paths.values_mut() {
            describe(policy, item);
        }
        let guarded = route.route_layer(middleware::from_fn(move |request, next| guard(policy, request, next)));
        Self(self.0.routes((schemas, paths, guarded)))
    }
}

async fn guard(policy: Policy, mut request: Request, next: Next) -> Response {
    let Some(call) = request.extensions().get::<Call>().cloned() else {
        return Refusal::new(ProblemCode::Internal, "expected a call in the request").into_response();
    };
    if !policy.audiences.contains(&call.audience) {
        return Refusal::new(ProblemCode::NotFound, "this host has no such route").into_response();
    }
    let admitted = policy.moves_value.then(|| call.app.admission.enter()).transpose();
    let _admitted = match admitted {
        Ok(admitted) => admitted,
        Err(error) => {
            call.app.metrics.turned_away();
            return Refusal::from(error).into_response();
        }
    };
    if let Some(purpose) = policy.session {
        let token = cookie::read(request.headers(), Cookie::Session).map(ToOwned::to_owned);
        match session::find(&call, token.as_deref(), purpose).await {
            Ok(signed) => request.extensions_mut().insert(signed),
            Err(SessionError::Absent) => return absent(&call, request.headers()).await,
            Err(error) => return Refusal::from(error).into_response(),
        };
    }
    // Within the request's span, which has its id.
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    next.run(request).instrument(tracing::debug_span!("operation", route)).await
}

/// The answer to a browser without a live session.
async fn absent(call: &Call, headers: &HeaderMap) -> Response {
    match devices::farewell(call, headers).await {
        Ok(Some(farewell)) => farewell,
        Ok(None) => Refusal::from(SessionError::Absent).into_response(),
        Err(error) => Refusal::from(error).into_response(),
    }
}

/// Every operation may answer a problem; those with a session say so.
fn describe(policy: Policy, item: &mut PathItem) {
    let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    for operation in operations.into_iter().flatten() {
        let schema = Ref::from_schema_name(<Problem as utoipa::ToSchema>::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let problem = ResponseBuilder::new()
            .description("Not done; `code` says why.")
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
        if policy.session.is_some() {
            operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>("session", [])]);
        }
    }
}
