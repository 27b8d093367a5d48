// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/englishplurals.h"

#include <cstring>

namespace lifeguard {

QString EnglishPluralTranslator::translate(const char *, const char *sourceText, const char *, int n) const
{
    if (n < 0 || !std::strstr(sourceText, "s)")) {
        return {};
    }
    QString text = QString::fromUtf8(sourceText);
    for (const QLatin1String ending : {QLatin1String("s"), QLatin1String("es")}) {
        text.replace(QLatin1Char('(') + ending + QLatin1Char(')'), n == 1 ? QString() : QString(ending));
    }
    return text;
}

} // namespace lifeguard
