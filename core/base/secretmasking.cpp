// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/secretmasking.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QVariant>

#include <algorithm>

namespace lifeguard {
namespace {

constexpr qsizetype maxArgumentLength = 400; ///< characters; an argument may be a whole script
const auto mask = QStringLiteral("***");

/// Matches the names of secrets: DB_PASSWORD, api-key, authToken, aws_secret_access_key.
const auto secretName = QStringLiteral(
    "[\\w.-]*(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|"
    "credential|authorization|cookie)[\\w.-]*");

struct Rule
{
    QRegularExpression pattern;
    QString replacement;
};

const QList<Rule> &rules()
{
    const auto rule = [](const QString &pattern, const QString &replacement) {
        return Rule{QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption), replacement};
    };
    static const QList<Rule> all{
        // https://user:password@host
        rule(QStringLiteral("(\\b[a-z][a-z0-9+.-]*://[^\\s/:@'\"]*:)[^\\s/@'\"]+@"), QStringLiteral("\\1***@")),
        // Authorization: Bearer abc, Basic abc
        rule(QStringLiteral("\\b(bearer|basic)(\\s+)[A-Za-z0-9._~+/=-]{8,}"), QStringLiteral("\\1\\2***")),
        // password=abc, "token": "abc", --api-key=abc, ?token=abc&
        rule(QStringLiteral("(") + secretName
                 + QStringLiteral(
                     "[\"']?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|(?!\\*\\*\\*)(?!bearer\\b|basic\\b)[^\\s,;&\"']+)"),
             QStringLiteral("\\1***")),
        // --password abc, and as items of a list: --password, "abc"
        rule(QStringLiteral("((?<![\\w-])--?") + secretName
                 + QStringLiteral("[\"']?(?:\\s+|\\s*,\\s*)[\"']?)(?!\\*\\*\\*)[^\\s,;&\"'\\]-][^\\s,;&\"'\\]]*"),
             QStringLiteral("\\1***")),
        // keys of well-known formats: GitHub, GitLab, Slack, OpenAI and similar, AWS, JSON web tokens
        rule(QStringLiteral("\\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-)[A-Za-z0-9_-]{10,}"), mask),
        rule(QStringLiteral("\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b"), mask),
        rule(QStringLiteral("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*)?"), mask),
    };
    return all;
}

bool namesSecret(const QString &option)
{
    static const QRegularExpression whole(QStringLiteral("^--?") + secretName + QStringLiteral("$"),
                                          QRegularExpression::CaseInsensitiveOption);
    return whole.match(option).hasMatch();
}

QString quoted(QString argument)
{
    static const QRegularExpression lineBreaks(QStringLiteral("[\\r\\n\\t]+"));
    argument.replace(lineBreaks, QStringLiteral(" "));
    if (argument.size() > maxArgumentLength)
        argument = argument.left(maxArgumentLength) + QStringLiteral("…");
    const bool plain = !argument.isEmpty() && !argument.contains(QLatin1Char(' '))
                    && !argument.contains(QLatin1Char('"'));
    return plain ? argument : u'\'' + argument + u'\'';
}

} // namespace

QString maskSecrets(const QString &text)
{
    QString masked = text;
    for (const Rule &rule : rules())
        masked.replace(rule.pattern, rule.replacement);
    return masked;
}

QStringList maskedArguments(const QStringList &arguments)
{
    QStringList masked;
    bool nextIsSecret = false;
    for (const QString &argument : arguments) {
        const bool isOption = argument.startsWith(QLatin1Char('-'));
        masked.append(nextIsSecret && !isOption ? mask : maskSecrets(argument));
        nextIsSecret = namesSecret(argument);
    }
    return masked;
}

QJsonValue maskedJson(const QJsonValue &value)
{
    if (value.isString())
        return maskSecrets(value.toString());
    if (value.isObject()) {
        QJsonObject masked;
        const QJsonObject object = value.toObject();
        for (auto member = object.begin(); member != object.end(); ++member) {
            const bool isEmpty = member->isNull() || (member->isString() && member->toString().isEmpty());
            const bool isSecret = !isEmpty && namesSecret(QLatin1Char('-') + member.key());
            masked.insert(member.key(), isSecret ? QJsonValue(mask) : maskedJson(member.value()));
        }
        return masked;
    }
    if (!value.isArray())
        return value;
    const QJsonArray array = value.toArray();
    const bool isList = std::all_of(array.begin(), array.end(), [](const QJsonValue &item) { return item.isString(); });
    if (isList)
        return QJsonArray::fromStringList(maskedArguments(QVariant(array.toVariantList()).toStringList()));
    QJsonArray masked;
    for (const QJsonValue &item : array)
        masked.append(maskedJson(item));
    return masked;
}

QString maskedCommandLine(const QStringList &arguments)
{
    QStringList parts;
    for (const QString &argument : maskedArguments(arguments))
        parts.append(quoted(argument));
    return parts.join(QLatin1Char(' '));
}

} // namespace lifeguard
