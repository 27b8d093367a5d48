// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/submit/outputreservations.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::OutputReservations", text);
}

} // namespace

QString OutputReservations::conflict(const QString &source, const QString &input, const QString &output) const
{
    const QString canonicalOutput = m_canonical.of(output);
    if (output == input || canonicalOutput == m_canonical.of(source))
        return tr("the output would overwrite the input; choose another output folder");
    if (isInput(canonicalOutput))
        return tr("the output would overwrite another input; choose another output folder");
    if (m_sources.contains(input))
        return tr("another job would overwrite the input; choose another output folder");
    const auto reserved = m_sources.constFind(output);
    if (reserved == m_sources.cend())
        return {};
    if (*reserved == source)
        return tr("two diagrams in the file have the same name; the second one is left out");
    return tr("the output would overwrite the output of %1").arg(*reserved);
}

void OutputReservations::reserve(const QString &source, const QString &output)
{
    Q_ASSERT(!m_sources.contains(output));
    m_sources.insert(output, source);
}

} // namespace lifeguard
