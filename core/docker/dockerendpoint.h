// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QProcessEnvironment>
#include <QString>
#include <QUrl>

namespace lifeguard {

/// The address of a Docker engine, and how to connect to it.
struct DockerEndpoint
{
    enum class Kind { Local, Tcp, Tls };

    Kind kind = Kind::Local;
    QString socketPath; ///< Local only
    QString host; ///< Tcp and Tls only
    quint16 port = 0;
    // Tls only; files in PEM format:
    QString caFile; ///< certificate authorities; empty: those of the system
    QString certificateFile; ///< the certificate of this client; empty: none
    QString keyFile; ///< the private key of this client
    bool verifiesPeer = true;

    QString source; ///< the setting that the address comes from: "DOCKER_HOST", "Docker context 'x'", "the default"

    bool operator==(const DockerEndpoint &) const = default;

    /// Returns the address in the format of DOCKER_HOST: "unix:///var/run/docker.sock", "tcp://host:2376".
    [[nodiscard]] QString toString() const;
    /// Returns the beginning of the URL of each request: "unix+http://localhost", "http://host:2375",
    /// "https://host:2376".
    [[nodiscard]] QUrl baseUrl() const;

    /// Parses "unix://PATH" or "tcp://HOST[:PORT]", also with http:// or https://. ssh:// and npipe:// are rejected
    /// with a specific message. tls: whether tcp:// uses TLS.
    [[nodiscard]] static Result<DockerEndpoint> parse(const QString &url, bool tls = false);
    /// Returns the endpoint that the docker command would use: DOCKER_HOST (with DOCKER_TLS_VERIFY and
    /// DOCKER_CERT_PATH), otherwise DOCKER_CONTEXT, otherwise the context in <DOCKER_CONFIG or
    /// home/.docker>/config.json, otherwise the first of these sockets that exists: /var/run/docker.sock, those of a
    /// rootless Docker and of Podman in XDG_RUNTIME_DIR, and /run/podman/podman.sock. Reads small files and contacts no
    /// engine.
    [[nodiscard]] static Result<DockerEndpoint> find(const QProcessEnvironment &environment, const QString &home);
};

} // namespace lifeguard
