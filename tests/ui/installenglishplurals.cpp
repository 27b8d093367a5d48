// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/installenglishplurals.h"

#include "core/base/englishplurals.h"

#include <QCoreApplication>

namespace lifeguard::test {

void installEnglishPlurals()
{
    QCoreApplication::installTranslator(new EnglishPluralTranslator(qApp));
}

Q_COREAPP_STARTUP_FUNCTION(installEnglishPlurals)

} // namespace lifeguard::test
