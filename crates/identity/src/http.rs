//! A small HTTPS client: one question, one bounded answer, no redirects.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use url::{Host, Url};

/// Bytes of an answer at most.
const ANSWER_BYTES: usize = 1 << 20;
/// How long a question may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Neither https, nor http on this machine.
    #[error("`{0}` is not asked: only https, or http on this machine, is")]
    Address(String),
    /// The certificates of the configuration cannot be read.
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[from] std::io::Error),
    /// The other side does not speak HTTP.
    #[error("the answer is no HTTP")]
    Http(#[from] hyper::Error),
    /// The question cannot be put.
    #[error("the question cannot be put")]
    Question(#[from] hyper::http::Error),
    /// The answer is too long or broke off.
    #[error("the answer is too long or broke off")]
    Body,
    /// It took too long.
    #[error("there was no answer in time")]
    Late,
    /// The other side refused.
    #[error("the answer was {0}")]
    Status(StatusCode),
}

/// Asks, trusting the public roots and those of the configuration.
#[derive(Clone)]
pub struct Http {
    tls: TlsConnector,
}

impl Http {
    /// A client; `extra` are further roots as PEM, for a provider inside a house.
    ///
    /// # Errors
    /// When `extra` holds no certificates.
    pub fn new(extra: Option<&[u8]>) -> Result<Self, FetchError> {
        let wrong = |error: &dyn std::fmt::Display| FetchError::Certificates(error.to_string());
        let mut roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect::<RootCertStore>();
        for certificate in CertificateDer::pem_slice_iter(extra.unwrap_or_default()) {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// Asks for what lies at an address.
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        let url = allowed(address)?;
        let question = asked(&url, "GET").body(Full::default())?;
        self.ask(&url, question).await
    }

    /// Sends a form, with a name and a password when they are given.
    pub async fn post_form(
        &self,
        address: &str,
        fields: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Result<Vec<u8>, FetchError> {
        let url = allowed(address)?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut question = asked(&url, "POST").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            question = question.header(header::AUTHORIZATION, authorization);
        }
        self.ask(&url, question.body(Full::from(form))?).await
    }

    async fn ask(&self, url: &Url, question: Request<Full<Bytes>>) -> Result<Vec<u8>, FetchError> {
        tokio::time::timeout(PATIENCE, self.ask_at_leisure(url, question))
            .await
            .map_err(|_| FetchError::Late)?
    }

    async fn ask_at_leisure(&self, url: &Url, question: Request<Full<Bytes>>) -> Result<Vec<u8>, FetchError> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = TcpStream::connect((host, port)).await?;
        if url.scheme() == "http" {
            return exchange(stream, question).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchError::Address(url.to_string()))?;
        exchange(self.tls.connect(name, stream).await?, question).await
    }
}

/// What is asked travels encrypted, or not at all: `http` is for this machine only.
fn allowed(address: &str) -> Result<Url, FetchError> {
    let refused = || FetchError::Address(address.to_owned());
    let url = Url::parse(address).map_err(|_| refused())?;
    let here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(refused()),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(refused()),
    }
}

fn asked(url: &Url, method: &str) -> hyper::http::request::Builder {
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Request::builder()
        .method(method)
        .uri(format!("{}{query}", url.path()))
        .header(header::HOST, host)
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, "GreenHeart")
}

async fn exchange<S>(stream: S, question: Request<Full<Bytes>>) -> Result<Vec<u8>, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driving = tokio::spawn(connection);
    let answer = async {
        let response = sender.send_request(question).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
        let body = body.map_err(|_| FetchError::Body)?.to_bytes().to_vec();
        if status.is_success() {
            Ok(body)
        } else {
            Err(FetchError::Status(status))
        }
    }
    .await;
    driving.abort();
    answer
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn nothing_travels_in_the_clear() {
        for (address, fine) in [
            ("https://login.example.no/x", true),
            ("http://login.example.no/x", false),
            ("http://127.0.0.1:9000/x", true),
            ("http://[::1]:9000/x", true),
            ("http://localhost/x", true),
            ("http://localhost.example.no/x", false),
            ("file:///etc/passwd", false),
            ("ftp://127.0.0.1/x", false),
            ("x", false),
        ] {
            assert_eq!(allowed(address).is_ok(), fine, "{address}");
        }
    }
}
