// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lifeguard {

/// Returns the payload of a job in a form that is easy to read: JSON is indented, and long texts in it are cut after
/// their first lines, with their length. Other payloads are returned as text. In both cases, at most 100,000 characters
/// are returned. A large payload takes seconds, so do not call this function on the GUI thread.
[[nodiscard]] QString payloadText(const QByteArray &payload);

} // namespace lifeguard
