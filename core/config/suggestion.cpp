// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/suggestion.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>
#include <vector>

namespace lifeguard {
namespace {

constexpr qsizetype longestName = 100; ///< longer texts are no misspelt names

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::Suggestion", text);
}

QString normalised(const QString &name)
{
    return name.toLower().replace(u'-', u'_');
}

} // namespace

int editDistance(const QString &a, const QString &b)
{
    std::vector<std::vector<int>> rows(std::size_t(a.size() + 1), std::vector<int>(std::size_t(b.size() + 1)));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows[i].size(); ++j) {
            if (i == 0 || j == 0) {
                rows[i][j] = int(i + j);
                continue;
            }
            const QChar left = a.at(qsizetype(i) - 1);
            const QChar right = b.at(qsizetype(j) - 1);
            rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left != right)});
            const bool isSwapped = i > 1 && j > 1 && left == b.at(qsizetype(j) - 2) && right == a.at(qsizetype(i) - 2);
            if (isSwapped)
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows.back().back();
}

QString similarName(const QString &name, const QStringList &names)
{
    if (name.size() > longestName)
        return {};
    QString best;
    int bestDistance = std::numeric_limits<int>::max();
    for (const QString &each : names) {
        const int distance = editDistance(normalised(name), normalised(each));
        const int longest = int(std::max(name.size(), each.size()));
        if (distance < bestDistance && distance <= std::max(1, longest / 3)) {
            best = each;
            bestDistance = distance;
        }
    }
    return best;
}

QString suggestion(const QString &name, const QStringList &names)
{
    if (const QString similar = similarName(name, names); !similar.isEmpty())
        return tr("Did you mean '%1'?").arg(similar);
    return names.isEmpty() ? QString() : tr("Allowed are %1.").arg(names.join(QStringLiteral(", ")));
}

} // namespace lifeguard
