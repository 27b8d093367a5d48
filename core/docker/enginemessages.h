// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockerendpoint.h"

#include <QNetworkReply>

namespace lifeguard {

/// An engine whose programs are installed.
enum class InstalledEngine { None, Docker, Podman };

/// Returns Docker if docker or dockerd is installed, in PATH or in a directory that may be missing in a user's PATH;
/// otherwise Podman if podman is.
[[nodiscard]] InstalledEngine installedEngine();

/// Returns why the engine did not respond, and what to do about it. error and detail describe a reply that has no
/// status.
[[nodiscard]] Error connectionError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error,
                                    const QString &detail, InstalledEngine installed);

/// Returns the error for a response with a status of 300 or above. Its message is that of the engine, {"message": …} or
/// plain text, if the body contains one.
[[nodiscard]] Error responseError(int status, const QString &reason, const QByteArray &body);

/// Returns the API version to use with an engine that supports the versions from oldest to newest: 1.43, or the nearest
/// one. Returns an empty string if newest is not a version.
[[nodiscard]] QString negotiatedApiVersion(const QString &newest, const QString &oldest);

} // namespace lifeguard
