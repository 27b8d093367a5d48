// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/envfile.h"

#include "core/base/trustedfile.h"
#include "core/config/workervariables.h"

#include <QCoreApplication>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::EnvFile", text);
}

/// Returns the text without its quotes; fails if they are not closed, or if text follows them.
Result<QString> unquoted(const QString &text)
{
    const QChar quote = text.at(0);
    QString value;
    for (qsizetype i = 1; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == quote) {
            if (!text.mid(i + 1).trimmed().isEmpty())
                return failure(ErrorCode::InvalidArgument, tr("Text follows the closing quote."));
            return value;
        }
        const QChar next = i + 1 < text.size() ? text.at(i + 1) : QChar();
        if (quote == u'"' && c == u'\\' && (next == u'n' || next == u't' || next == u'"' || next == u'\\')) {
            value += next == u'n' ? QChar(u'\n') : next == u't' ? QChar(u'\t') : next;
            ++i;
        } else {
            value += c;
        }
    }
    return failure(ErrorCode::InvalidArgument, tr("The closing quote is missing."));
}

Status parseLine(const QString &line, QMap<QString, QString> &variables)
{
    const QString text = line.endsWith(u'\r') ? line.chopped(1) : line;
    const QString content = text.trimmed();
    if (content.isEmpty() || content.startsWith(u'#'))
        return {};
    const qsizetype equals = text.indexOf(u'=');
    if (equals < 0)
        return failure(ErrorCode::InvalidArgument,
                       tr("The line has no '='. Allowed are lines of the form NAME=VALUE. To pass a variable of the "
                          "manager, use pass_environment."));
    qsizetype begin = 0;
    while (text.at(begin).isSpace())
        ++begin;
    const QString name = text.mid(begin, equals - begin);
    if (const QString problem = variableNameProblem(name); !problem.isEmpty())
        return failure(ErrorCode::InvalidArgument, problem);
    QString value = text.mid(equals + 1);
    if (value.startsWith(u'"') || value.startsWith(u'\'')) {
        const Result<QString> inner = unquoted(value);
        if (!inner)
            return failure(inner.error());
        value = *inner;
    }
    if (const QString problem = variableValueProblem(name, value); !problem.isEmpty())
        return failure(ErrorCode::InvalidArgument, problem);
    variables.insert(name, value);
    if (variables.size() > maxVariables)
        return failure(ErrorCode::InvalidArgument, tr("A file can have at most %1 variables.").arg(maxVariables));
    return {};
}

} // namespace

Result<QMap<QString, QString>> parseEnvFile(const QByteArray &content)
{
    QMap<QString, QString> variables;
    const QByteArray byteOrderMark("\xef\xbb\xbf");
    const QByteArray text = content.startsWith(byteOrderMark) ? content.mid(byteOrderMark.size()) : content;
    int number = 0;
    for (const QByteArray &line : text.split('\n')) {
        ++number;
        if (const Status parsed = parseLine(QString::fromUtf8(line), variables); !parsed)
            return failure(parsed.error().code, tr("Line %1: %2").arg(number).arg(parsed.error().message));
    }
    return variables;
}

Result<QMap<QString, QString>> readEnvFile(const QString &path)
{
    const Result<QByteArray> content = readTrustedFile(path, maxEnvFileBytes);
    if (!content)
        return failure(content.error());
    Result<QMap<QString, QString>> variables = parseEnvFile(*content);
    if (!variables)
        return failure(variables.error().code, path + QStringLiteral(": ") + variables.error().message);
    return variables;
}

} // namespace lifeguard
