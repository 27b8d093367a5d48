// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QHostAddress>

namespace lifeguard {

/// The address at which a server listens. A value type.
struct HttpAddress
{
    QHostAddress host;
    quint16 port = 0; ///< 0: a free port, chosen when the server begins to listen

    bool operator==(const HttpAddress &) const = default;
    /// Returns "127.0.0.1:9464" or "[::1]:9464".
    [[nodiscard]] QString toString() const;
};

/// Reads "127.0.0.1:9464", "[::1]:9464", "localhost:9464", ":9464" or "9464". An address without a host is the loopback
/// address 127.0.0.1: a server that other machines can reach must be asked for, with 0.0.0.0 or [::]. Names other than
/// localhost are not resolved. The error is a sentence for the user.
[[nodiscard]] Result<HttpAddress> parseHttpAddress(const QString &text);

} // namespace lifeguard
