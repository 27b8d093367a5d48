// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QProcessEnvironment>
#include <QString>
#include <QUrl>

namespace lifeguard {

/// Where the Docker Engine listens, and how it is spoken to.
struct DockerEndpoint
{
    enum class Kind { Local, Tcp, Tls };

    Kind kind = Kind::Local;
    QString socketPath; ///< Local only
    QString host; ///< Tcp and Tls only
    quint16 port = 0;
    QString caFile; ///< Tls only, as are those below; PEM; empty: the system's
    QString certificateFile; ///< of this client; empty: none
    QString keyFile;
    bool verifiesPeer = true;
    QString source; ///< who said so: "DOCKER_HOST", "Docker context 'x'", "the default"

    bool operator==(const DockerEndpoint &) const = default;

    /// What the user would write: "unix:///var/run/docker.sock", "tcp://host:2376".
    [[nodiscard]] QString toString() const;
    /// What requests begin with: "unix+http://localhost", "http://host:2375", "https://host:2376".
    [[nodiscard]] QUrl baseUrl() const;

    /// Of "unix://PATH", "tcp://HOST[:PORT]", also http:// and https://; ssh:// and npipe:// are refused by name. tls: tcp means TLS.
    [[nodiscard]] static Result<DockerEndpoint> parse(const QString &url, bool tls = false);
    /// As the docker command finds it: DOCKER_HOST (with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH), else DOCKER_CONTEXT, else the
    /// context in <DOCKER_CONFIG or home/.docker>/config.json, else /var/run/docker.sock, else the rootless engine's socket in
    /// XDG_RUNTIME_DIR where only that one is there. Reads small files; asks nobody.
    [[nodiscard]] static Result<DockerEndpoint> find(const QProcessEnvironment &environment, const QString &home);
};

} // namespace lifeguard
