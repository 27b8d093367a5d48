// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/yamlreader.h"

#include "core/config/yamltext.h"
#include "core/config/yamltreebuilder.h"

#include <QCoreApplication>
#include <QStringDecoder>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace lifeguard {
namespace {

constexpr QByteArrayView byteOrderMark("\xEF\xBB\xBF");

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::YamlReader", text);
}

/// An error of yaml-cpp, and the sentence that explains it. %1 is the character at the place of the error.
struct Explanation
{
    const char *error;
    const char *text;
};

const Explanation explanations[] = {
    {YAML::ErrorMsg::MAP_VALUE,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A colon is not allowed here. Check the indentation, and put texts "
                                                "that contain ': ' in quotes.")},
    {YAML::ErrorMsg::MAP_KEY,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A key is not allowed here. Check the indentation.")},
    {YAML::ErrorMsg::END_OF_MAP,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A line of the form 'key: value' is expected here, with the same "
                                                "indentation as the lines before.")},
    {YAML::ErrorMsg::END_OF_SEQ,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A line of the form '- value' is expected here, with the same "
                                                "indentation as the lines before.")},
    {YAML::ErrorMsg::BLOCK_ENTRY,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "An item of a list ('- ') is not allowed here. Check the "
                                                "indentation.")},
    {YAML::ErrorMsg::END_OF_MAP_FLOW,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A map that begins with '{' is not closed here. Allowed are ',' and "
                                                "'}'.")},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A list that begins with '[' is not closed here. Allowed are ',' and "
                                                "']'.")},
    {YAML::ErrorMsg::FLOW_END,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "'%1' closes nothing. Remove it, or put the text in quotes.")},
    {YAML::ErrorMsg::TAB_IN_INDENTATION,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "The line is indented with a tab. Use spaces.")},
    {YAML::ErrorMsg::UNKNOWN_TOKEN,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A text cannot begin with '%1'. Put the text in quotes.")},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "The alias refers to an anchor that is not defined before it. Put "
                                                "texts that begin with '*' in quotes.")},
    {YAML::ErrorMsg::EOF_IN_SCALAR,
     QT_TRANSLATE_NOOP("lifeguard::YamlReader", "A text in quotes is not closed before the end of the file.")},
};

QString explanation(const YAML::Exception &exception, const YamlText &text)
{
    const bool hasTab = text.isIndentedWithTab(exception.mark.pos); // often the cause of other errors
    const std::string error = hasTab ? YAML::ErrorMsg::TAB_IN_INDENTATION : exception.msg;
    for (const Explanation &each : explanations) {
        if (error == each.error) {
            const QString sentence = tr(each.text);
            return sentence.contains(QLatin1String("%1")) ? sentence.arg(text.characterAt(exception.mark.pos))
                                                          : sentence;
        }
    }
    //: %1 is a message of a library, in English
    return tr("This is not valid YAML: %1.").arg(QString::fromStdString(exception.msg));
}

/// Returns the error that prevents the bytes from being parsed at all.
std::optional<YamlError> unreadable(const QByteArray &bytes, const YamlLimits &limits)
{
    if (bytes.size() > limits.bytes)
        return YamlError{{1, 1, 0},
                         {},
                         tr("The file is too large. Allowed are at most %1 KB.").arg(limits.bytes / 1024)};
    const YamlText text(bytes);
    const qsizetype null = bytes.indexOf('\0');
    if (null >= 0)
        return YamlError{text.position(null), {}, tr("This is not a text file. Allowed is text in UTF-8.")};
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    (void)QString(decoder(bytes));
    if (!decoder.hasError())
        return {};
    // The line is found again line by line, because a decoder does not tell where its error is.
    qsizetype start = 0;
    for (const QByteArray &line : bytes.split('\n')) {
        QStringDecoder lineDecoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        (void)QString(lineDecoder(line));
        if (lineDecoder.hasError())
            break;
        start += line.size() + 1;
    }
    return YamlError{text.position(start), {}, tr("The line is not valid UTF-8. Save the file with this encoding.")};
}

} // namespace

YamlDocument readYaml(const QByteArray &file, const YamlLimits &limits)
{
    const QByteArray bytes = file.startsWith(byteOrderMark) ? file.mid(byteOrderMark.size()) : file;
    if (const std::optional<YamlError> error = unreadable(bytes, limits))
        return {{}, {*error}};
    const YamlText text(bytes);
    YamlTreeBuilder builder(text, limits);
    try {
        std::istringstream stream(bytes.toStdString());
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {}
    } catch (const YamlTreeBuilder::Stopped &) { // the error is in the document
    } catch (const YAML::Exception &exception) {
        builder.addError(exception.mark.is_null() ? 0 : exception.mark.pos, explanation(exception, text));
    } catch (const std::exception &exception) {
        builder.addError(0, tr("This is not valid YAML: %1.").arg(QString::fromUtf8(exception.what())));
    }
    YamlDocument document = builder.takeDocument();
    std::stable_sort(document.errors.begin(), document.errors.end(),
                     [](const YamlError &a, const YamlError &b) { return a.position.offset < b.position.offset; });
    return document;
}

} // namespace lifeguard
