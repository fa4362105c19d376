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
//! choose what is kept. With one, its decision counts; else one trace in so many is kept. What the collector does not take in time is
//! dropped, at most 2,048 spans wait, and no request waits for any of it.

use std::time::Duration;

use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

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
#[error("expected in --trace-to an address such as http://127.0.0.1:4318/v1/traces")]
pub struct TraceError(#[from] ExporterBuildError);

/// The sending of traces, for as long as the program runs.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins it, on a thread of its own. Not to be called inside of a runtime.
    ///
    /// # Errors
    /// When the address cannot be used. Whether anybody takes traces there shows later, in the log.
    pub fn begin(options: &TraceOptions) -> Result<Self, TraceError> {
        // A second call finds the provider there already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(&options.to)
            .with_timeout(SEND_WITHIN)
            .build()?;
        let kept = Sampler::TraceIdRatioBased(f64::from(options.per_mille) / 1_000.0);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(kept)))
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
    use super::{TraceOptions, Traces};

    #[test]
    fn an_address_that_is_none_is_refused_at_the_start() {
        let begin = |to: &str| Traces::begin(&TraceOptions { to: to.to_owned(), per_mille: 1_000 });
        assert!(begin("no address").is_err());
        begin("http://127.0.0.1:1/v1/traces").expect("an address").end();
    }
}
