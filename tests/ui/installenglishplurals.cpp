// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into each test of the window: installs the translator for English plurals, as main() of the dashboard does.
#include "core/base/englishplurals.h"

#include <QCoreApplication>

namespace {

void installEnglishPlurals()
{
    QCoreApplication::installTranslator(new lifeguard::EnglishPluralTranslator(qApp));
}

} // namespace

Q_COREAPP_STARTUP_FUNCTION(installEnglishPlurals)
