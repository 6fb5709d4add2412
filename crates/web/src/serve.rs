//! Connections: how many, how long they may take to say what they want, how they end.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::{Pages, router};

/// Connections at a time; further ones wait to be taken up.
const CONNECTIONS: usize = 1_024;
/// A connection says what it wants within this time, or is closed: whoever sends a byte a minute holds nothing.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// Bytes and lines of what stands before the body.
const HEAD_BYTES: usize = 64 << 10;
const HEADERS: usize = 64;
/// How long to wait when the machine has no handles left.
const BREATH: Duration = Duration::from_millis(200);

/// Serves the pages until `stop` is ready, then lets open requests end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    pages: Pages,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = router(Arc::new(pages));
    let (tell, stopping) = watch::channel(false);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((place, listener.accept().await?))
        };
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = accepted => match accepted {
                Ok((place, (stream, _))) => {
                    let (routes, stopping) = (routes.clone(), stopping.clone());
                    connections.spawn(async move {
                        attend(stream, routes, stopping).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a connection could not be taken up");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    // Nobody is left to hear it when every connection has ended.
    let _ = tell.send(true);
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn attend(stream: TcpStream, routes: Router, mut stopping: watch::Receiver<bool>) {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
    }
}
