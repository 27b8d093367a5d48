// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/installenglishplurals.h"

#include "core/base/englishplurals.h"

#include <QCoreApplication>

namespace lifeguard::test {

void installEnglishPlurals()
{
    QCoreApplication::installTranslator(new EnglishPluralTranslator(qApp));
}

} // namespace lifeguard::test

Q_COREAPP_STARTUP_FUNCTION(lifeguard::test::installEnglishPlurals)
