// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard::test {

/// Makes, with the program openssl, in that folder: ca.pem; server.pem and server-key.pem for localhost and 127.0.0.1; cert.pem and key.pem
/// of a client, all signed by it; other-ca.pem, which signed nothing. For tests; blocks. False: openssl could not do it.
[[nodiscard]] bool makeCertificates(const QString &folder);

} // namespace lifeguard::test
