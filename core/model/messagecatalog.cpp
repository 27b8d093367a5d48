// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/messagecatalog.h"

#include <QCoreApplication>
#include <QHash>

namespace lifeguard {
namespace {

#define TEXT(text) QT_TRANSLATE_NOOP("lifeguard::messages", text)
#define COUNTED(text) QT_TRANSLATE_N_NOOP("lifeguard::messages", text)

// Codes are stored in databases: a code is never renamed or given another meaning, and its arguments keep their order.
constexpr MessageTemplate templates[] = {
    // Health
    {"process_gone", TEXT("its process is gone")},
    {"no_beat", TEXT("no beat for %1")},
};

#undef COUNTED
#undef TEXT

} // namespace

const MessageTemplate *messageTemplate(const QString &code)
{
    static const QHash<QString, const MessageTemplate *> byCode = [] {
        QHash<QString, const MessageTemplate *> map;
        for (const MessageTemplate &entry : templates)
            map.insert(QLatin1String(entry.code), &entry);
        return map;
    }();
    return byCode.value(code);
}

} // namespace lifeguard
