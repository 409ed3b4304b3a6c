//! Names, exit codes, paths and limits of the contract between host and handler.
//!
//! The sources are the files of Azure/azure-functions-host (v4) that define each of them.

use std::time::Duration;

use http::HeaderName;

/// The port on 127.0.0.1 that the handler listens on (`HttpWorkerConstants.cs`).
pub const PORT_VARIABLE: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
/// The older name of [`PORT_VARIABLE`]; the host sets both to one value (`HttpWorkerConstants.cs`).
pub const LEGACY_PORT_VARIABLE: &str = "FUNCTIONS_HTTPWORKER_PORT";
/// A GUID that is new at every start of the handler (`HttpWorkerConstants.cs`).
pub const WORKER_ID_VARIABLE: &str = "FUNCTIONS_CUSTOMHANDLER_WORKER_ID";
/// The older name of [`WORKER_ID_VARIABLE`] (`HttpWorkerConstants.cs`).
pub const LEGACY_WORKER_ID_VARIABLE: &str = "FUNCTIONS_HTTPWORKER_ID";
/// The folder that holds `host.json` and the functions' folders (`HttpWorkerConstants.cs`).
pub const APP_ROOT_VARIABLE: &str = "FUNCTIONS_APP_ROOT_PATH";
/// The app setting that replaces [`BODY_LIMIT`], in bytes (`ScriptConstants.cs`).
pub const BODY_LIMIT_VARIABLE: &str = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";
/// Set by Core Tools and inherited by the handler: a run on a developer's machine.
pub const CORE_TOOLS_VARIABLE: &str = "FUNCTIONS_CORETOOLS_ENVIRONMENT";
/// What a variable starts with that replaces a value of `host.json` (`ConfigurationSectionNames.cs`).
///
/// `__` or `:` separates this and the keys; case does not count.
pub const HOST_JSON_VARIABLE_PREFIX: &str = "AzureFunctionsJobHost";

/// `X-ARR-ClientCert`, the forwarded certificate: base64 of the DER encoding, set by the front end.
pub const CLIENT_CERTIFICATE_HEADER: HeaderName = HeaderName::from_static("x-arr-clientcert");
/// `X-Forwarded-Client-Cert`, the forwarded certificate as Envoy writes it, set by the ingress of Container Apps.
pub const FORWARDED_CLIENT_CERT_HEADER: HeaderName =
    HeaderName::from_static("x-forwarded-client-cert");
/// `Client-Cert`, the forwarded certificate as RFC 9440 writes it.
pub const CLIENT_CERT_HEADER: HeaderName = HeaderName::from_static("client-cert");
/// `X-Client-Cert-Front-End`, the secret of a front end that sets [`CLIENT_CERT_HEADER`].
pub const FRONT_END_SECRET_HEADER: HeaderName = HeaderName::from_static("x-client-cert-front-end");
/// The scheme that the caller used, set by the front end or, while proxying, by the host.
pub const FORWARDED_PROTO_HEADER: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// The caller's address, set by the front end or, while proxying, by the host.
pub const FORWARDED_FOR_HEADER: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The caller's address and port, set by the front end of App Service. A host passes it on as it is, whichever way it calls.
pub const CLIENT_IP_HEADER: HeaderName = HeaderName::from_static("client-ip");
/// The host name that the caller used, while proxying.
pub const FORWARDED_HOST_HEADER: HeaderName = HeaderName::from_static("x-forwarded-host");
/// The host name that the caller used, as Microsoft's reverse proxies pass it on (Application Gateway).
pub const ORIGINAL_HOST_HEADER: HeaderName = HeaderName::from_static("x-original-host");
/// The id of the invocation (`HttpWorkerConstants.cs`).
///
/// While forwarding it is added to what the caller sent: only the last comma part can be the host's.
pub const INVOCATION_ID_HEADER: HeaderName =
    HeaderName::from_static("x-azure-functions-invocationid");
/// The version of the host (`HttpWorkerConstants.cs`).
pub const HOST_VERSION_HEADER: HeaderName =
    HeaderName::from_static("x-azure-functions-hostversion");
/// The W3C trace context; a caller's own passes unchanged.
pub const TRACE_PARENT_HEADER: HeaderName = HeaderName::from_static("traceparent");

/// The file with the host's settings, in the app root.
pub const HOST_JSON: &str = "host.json";
/// The file that makes a folder of the app root a function.
pub const FUNCTION_JSON: &str = "function.json";
/// What the host asks for, with GET, until anything answers, and now and then afterwards (`HttpWorkerChannel.cs`).
///
/// It must answer at once, whatever it answers, and asks for no certificate.
pub const PROBE_PATH: &str = "/";
/// What precedes each route unless `host.json` says otherwise (`HttpOptions.cs`).
pub const DEFAULT_ROUTE_PREFIX: &str = "api";
/// A route must not start with one of these, `administrators` included (`ScriptHost.cs`).
pub const RESERVED_ROUTE_PREFIXES: [&str; 2] = ["admin", "runtime"];

/// The exit code for a configuration that cannot be used: `EX_USAGE` of `sysexits.h`.
///
/// Never 0, which hosts before 2026 take for quiet and then stay deaf, nor 200, which asks for a restart.
pub const EXIT_CONFIGURATION: u8 = 64;
/// The exit code after SIGINT: 128 + 2, as shells count.
pub const EXIT_SIGINT: u8 = 130;
/// The exit code after SIGTERM: 128 + 15, as shells count.
pub const EXIT_SIGTERM: u8 = 143;
/// The exit code that asks the host for a restart without counting an error (`WorkerProcess.cs`).
pub const EXIT_INTENTIONAL_RESTART: u8 = 200;

/// Bytes of a request body that the host lets through unless an app setting says otherwise: 100 MiB (`ScriptConstants.cs`).
pub const BODY_LIMIT: u64 = 104_857_600;
/// How long the host probes a new handler (`HttpWorkerOptions.cs`); the sum of its pauses, not wall time.
pub const INITIALIZATION_TIMEOUT: Duration = Duration::from_secs(30);
/// The host's pause between two probes (`DefaultHttpWorkerService.cs`).
pub const PROBE_INTERVAL: Duration = Duration::from_millis(25);
/// How many initialisation time-outs a request waits for a handler to become ready (`WorkerFunctionInvoker.cs`).
pub const INITIALIZATION_WAITS: u32 = 4;
/// The failure of the handler at which the host gives up: the third in one bucket (`HttpFunctionInvocationDispatcher.cs`).
pub const RESTART_LIMIT: u32 = 3;
/// The bucket is emptied when this much time lies between two failures (`HttpFunctionInvocationDispatcher.cs`).
pub const RESTART_BUCKET: Duration = Duration::from_secs(30 * 60);
/// How long one invocation may take unless `host.json` says otherwise, on plans other than Consumption
/// (`ScriptJobHostOptionsSetup.cs`).
pub const FUNCTION_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// When the front end of Azure gives a request up, whatever the host allows (Azure's documentation).
pub const FRONT_END_TIMEOUT: Duration = Duration::from_secs(230);
/// How long a connection must be kept idle, so that the host's pool drops it first: twice the pool's minute.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes of request headers in all that reach the host: Kestrel's default, which the host keeps.
pub const REQUEST_HEADER_BYTES: usize = 32 * 1024;
/// Number of request header lines that reach the host: Kestrel's default.
pub const REQUEST_HEADERS: usize = 100;
/// Bytes of a request line that reach the host: Kestrel's default.
pub const REQUEST_LINE_BYTES: usize = 8 * 1024;
/// Characters of a function's name (`Utility.cs`).
pub const FUNCTION_NAME_LENGTH: usize = 128;
