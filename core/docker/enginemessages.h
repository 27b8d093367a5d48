// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/docker/dockerendpoint.h"

#include <QNetworkReply>

namespace lifeguard {

/// Whether this machine has Docker's programs: in PATH, or where a user's PATH does not lead.
[[nodiscard]] bool isDockerInstalled();

/// Why no answer came from the engine, and what to do about it. error: the reply's, of a request without a status; detail: its text.
[[nodiscard]] Error connectionError(const DockerEndpoint &endpoint, QNetworkReply::NetworkError error, const QString &detail, bool isInstalled);

/// An answer that says no, with the engine's own words where it has any: {"message": …}, or plain text.
[[nodiscard]] Error answerError(int status, const QString &reason, const QByteArray &body);

/// The API's version to speak with an engine: 1.43, or the nearest that it knows. Empty: these are no versions.
[[nodiscard]] QString spokenVersion(const QString &newest, const QString &oldest);

} // namespace lifeguard
