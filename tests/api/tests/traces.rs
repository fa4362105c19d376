//! A trace as a collector gets it: one payment from the request to its batch, begun by a proxy that is trusted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use qianbao_api::payments::PayRequest;
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor};
use tokio::net::TcpListener;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PROXYS_SPAN: &str = "00f067aa0ba902b7";
const NOTE: &str = "nobody else's business";

/// What was sent to the collector.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    /// Listens; answers with the address for traces.
    async fn open() -> TestResult<(Self, String)> {
        let collector = Self::default();
        let kept = collector.0.clone();
        let take = move |body: Bytes| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(body);
            async { StatusCode::OK }
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}/v1/traces", listener.local_addr()?);
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((collector, address))
    }

    fn bodies(&self) -> Vec<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn spans(&self) -> TestResult<Vec<Span>> {
        let mut spans = Vec::new();
        for body in self.bodies() {
            let sent = ExportTraceServiceRequest::decode(body)?;
            let scopes = sent.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        Ok(spans)
    }

    /// Waits for a span of this trace and name.
    async fn waits_for(&self, trace: &[u8], name: &str) -> TestResult<Span> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let found = self.spans()?.into_iter().find(|span| span.trace_id == trace && span.name == name);
            match found {
                Some(span) => return Ok(span),
                None if Instant::now() > deadline => return Err(format!("no span {name} came").into()),
                None => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

fn attributes(span: &Span) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let value = |attribute: &opentelemetry_proto::tonic::common::v1::KeyValue| {
        attribute.value.as_ref().and_then(|value| value.value.as_ref()).map(text).unwrap_or_default()
    };
    span.attributes.iter().map(|attribute| (attribute.key.clone(), value(attribute))).collect()
}

async fn payment(ming: &Visitor, house: &House) -> TestResult<PayRequest> {
    let lan = house.visitor("wallet").sign_in("lan").await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let request = ming.payment_to("lan", 100).await?;
    Ok(PayRequest { note: Some(NOTE.to_owned()), ..ming.again(&request, payee)? })
}

fn begun_elsewhere() -> [(&'static str, String); 1] {
    [("traceparent", format!("00-{TRACE}-{PROXYS_SPAN}-01"))]
}

#[tokio::test]
async fn a_payment_is_traced_from_the_proxy_to_its_batch() -> TestResult {
    let (collector, address) = Collector::open().await?;
    let house = House::start_with(&["--trace-to", &address, "--trusted-proxy", "127.0.0.1"]).await?;
    let ming = house.visitor("wallet").sign_in("ming").await?;
    let request = payment(&ming, &house).await?;
    let paid = ming.clone().with_headers(&begun_elsewhere())?.post("/v1/payments", &request).await?;
    assert_eq!(paid.status, 200, "{}", paid.body);

    let trace = HEXLOWER.decode(TRACE.as_bytes())?;
    let asked = collector.waits_for(&trace, "POST /v1/payments").await?;
    assert_eq!((HEXLOWER.encode(&asked.parent_span_id), asked.kind()), (PROXYS_SPAN.to_owned(), SpanKind::Server));
    let told = attributes(&asked);
    let said = ["http.request.method", "http.route", "http.response.status_code"].map(|name| told.get(name).cloned());
    assert_eq!(said, ["POST", "/v1/payments", "200"].map(|value| Some(value.to_owned())));
    let id = paid.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    assert_eq!(told.get("id").map(String::as_str), id, "the log's line is found by it");

    let operation = collector.waits_for(&trace, "operation").await?;
    assert_eq!(operation.parent_span_id, asked.span_id);
    let posting = collector.waits_for(&trace, "posting").await?;
    assert_eq!(posting.parent_span_id, operation.span_id);
    let links =
        |span: &Span| span.links.iter().any(|link| (&link.trace_id, &link.span_id) == (&trace, &posting.span_id));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !collector.spans()?.iter().any(|span| span.name == "batch" && links(span)) {
        assert!(Instant::now() < deadline, "no batch is linked to the posting");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for body in collector.bodies() {
        let text = String::from_utf8_lossy(&body);
        for secret in [NOTE, "李明", "明明", ming.cookie().ok_or("a cookie")?] {
            assert!(!text.contains(secret), "a trace holds {secret:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn nobody_else_begins_a_trace_and_none_is_kept_where_none_is_wanted() -> TestResult {
    let (collector, address) = Collector::open().await?;
    let mut house = House::start_with(&["--trace-to", &address, "--trace-per-mille", "0"]).await?;
    let ming = house.visitor("wallet").sign_in("ming").await?.with_headers(&begun_elsewhere())?;
    assert_eq!(ming.get("/v1/wallets").await?.status, 200);
    // What is still to be sent is sent at the end.
    house.terminate().await?;
    assert_eq!(collector.spans()?, []);
    Ok(())
}

#[tokio::test]
async fn a_collector_that_is_away_disturbs_nobody() -> TestResult {
    let mut house = House::start_with(&["--trace-to", "http://127.0.0.1:1/v1/traces"]).await?;
    let ming = house.visitor("wallet").sign_in("ming").await?;
    let request = payment(&ming, &house).await?;
    assert_eq!(ming.post("/v1/payments", &request).await?.status, 200);
    assert!(house.terminate().await?.success());
    Ok(())
}
