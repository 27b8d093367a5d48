// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lifeguard::test {

/// Creates certificates in a folder, with the program openssl: ca.pem; server.pem and server-key.pem for localhost and 127.0.0.1, and cert.pem
/// and key.pem of a client, all signed by that authority; and other-ca.pem, an authority that has signed none of them. Blocks. Returns false
/// if openssl fails.
[[nodiscard]] bool makeCertificates(const QString &folder);

} // namespace lifeguard::test
