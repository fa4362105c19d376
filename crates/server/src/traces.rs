//! Traces for a collector, by OTLP over HTTP (protobuf); nothing is traced unless `--trace-to` names one.
//!
//! | span | of | holds |
//! | --- | --- | --- |
//! | `POST /v1/payments`, … | a request, as the client waits for it | its id, method, route, status |
//! | `operation` | the handler, once the session is known | route |
//! | `posting` | a posting, from the queue to its answer | |
//! | `batch` | a commit of the ledger's writer, in a trace of its own with links to its postings | how many, the last sequence |
//!
//! No span holds a query, a header, a body, a name or an amount. A `traceparent` is taken from trusted proxies only: anybody else could
//! choose what is kept; such a proxy has to make or remove the header itself. With one, its decision counts; else so many of a thousand are kept. What the collector does not take in time is
//! dropped, at most 2,048 spans wait, and no request waits for any of it.

use std::time::Duration;

use axum::http::{HeaderMap, Uri};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// Most postings of one batch, each of which is a link.
const LINKS_MAX: u32 = 256;
/// How long one sending may take.
const SEND_WITHIN: Duration = Duration::from_secs(5);

/// Where traces go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// Address that takes them, with its path.
    pub to: String,
    /// Of so many thousand traces this many are kept, 0–1000.
    pub per_mille: u32,
}

/// Traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address is none.
    #[error("expected in --trace-to an address such as http://127.0.0.1:4318/v1/traces, by http, found {0:?}")]
    Address(String),
    /// The client cannot be made.
    #[error("expected to make a client for the collector")]
    Client(#[from] reqwest::Error),
    /// The exporter cannot be made.
    #[error("expected to make an exporter for the collector")]
    Exporter(#[from] ExporterBuildError),
}

/// The sending of traces, for as long as the program runs.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins it, on a thread of its own. Not to be called inside of a runtime.
    ///
    /// # Errors
    /// When the address cannot be used. Whether anybody takes traces there shows later, in the log.
    pub fn begin(options: &TraceOptions) -> Result<Self, TraceError> {
        let address = options.to.parse::<Uri>().ok();
        let is_usable = |uri: &Uri| uri.scheme_str() == Some("http") && uri.host().is_some_and(|host| !host.is_empty());
        if !address.as_ref().is_some_and(is_usable) {
            return Err(TraceError::Address(options.to.clone()));
        }
        // A second call finds the provider there already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The collector stands beside the server: no proxy that the environment names is on the way.
        let client = reqwest::blocking::Client::builder().no_proxy().timeout(SEND_WITHIN).build()?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&options.to)
            .with_timeout(SEND_WITHIN)
            .build()?;
        let kept = Sampler::TraceIdRatioBased(f64::from(options.per_mille) / 1_000.0);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(kept)))
            .with_max_links_per_span(LINKS_MAX)
            .with_resource(Resource::builder().with_service_name("qianbao").build())
            .build();
        Ok(Self(provider))
    }

    /// What collects the spans of this program's own crates.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> + use<S> {
        let ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("qianbao"));
        let tracer = self.0.tracer("qianbao");
        tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false).with_filter(ours)
    }

    /// Sends what is still here and ends.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Makes `span` part of the trace that a trusted proxy began, if its headers say so.
pub fn receive(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // It fails where nothing is traced, and for a span that has begun to be a parent itself, which this one has not.
    let _ = span.set_parent(parent);
}

/// The id of the trace of `span`, for the log, where it is kept.
pub fn kept_id(span: &Span) -> Option<String> {
    let context = span.context();
    let found = context.span().span_context().clone();
    found.is_sampled().then(|| found.trace_id().to_string())
}

#[cfg(test)]
mod tests {
    use super::{TraceError, TraceOptions, Traces};

    #[test]
    fn an_address_that_is_none_is_refused_at_the_start() {
        let begin = |to: &str| Traces::begin(&TraceOptions { to: to.to_owned(), per_mille: 1_000 });
        for wrong in [
            "",
            "no address",
            "localhost",
            "127.0.0.1:4318",
            "ftp://127.0.0.1/",
            "https://127.0.0.1/v1/traces",
            "http:///",
        ] {
            assert!(matches!(begin(wrong), Err(TraceError::Address(found)) if found == wrong), "{wrong:?} was taken");
        }
        begin("http://127.0.0.1:1/v1/traces").expect("an address").end();
    }
}
