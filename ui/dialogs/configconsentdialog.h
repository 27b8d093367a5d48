// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configloader.h"

class QMessageBox;
class QWidget;

namespace lifeguard {

/// Creates the question whether to use a configuration file that was found in a workspace. Shows its pools and the
/// programs that they run, and the whole file, without secrets. The default button does not use the file; the button
/// with AcceptRole agrees. The dialog deletes itself when it is closed.
[[nodiscard]] QMessageBox *configConsentDialog(const ConfigSelection &selection, QWidget *parent);

/// Asks the user, and waits for the answer in an event loop of its own. For the start of the program, before there is
/// a window.
[[nodiscard]] bool askForConfigConsent(const ConfigSelection &selection);

} // namespace lifeguard
