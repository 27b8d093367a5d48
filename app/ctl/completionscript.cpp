// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/completionscript.h"

namespace lifeguard::ctl {

namespace {

using Commands = std::vector<std::unique_ptr<Command>>;

bool isFolder(const CommandLine::Option &option)
{
    return option.valueName == QLatin1String("DIR");
}

bool isFile(const CommandLine::Option &option)
{
    return option.valueName == QLatin1String("FILE") || option.valueName == QLatin1String("PATH");
}

/// Returns "--name", or "-h" for names of one letter.
QString dashed(const QString &name)
{
    return (name.size() == 1 ? QStringLiteral("-") : QStringLiteral("--")) + name;
}

QStringList dashedNames(const CommandLine::Option &option)
{
    QStringList names;
    for (const QString &name : option.names) {
        names << dashed(name);
    }
    return names;
}

/// Returns a text that shells read as one word with exactly this content.
QString quoted(QString text)
{
    return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

/// Returns the first sentence, for a list of options.
QString firstSentence(const QString &text)
{
    const qsizetype end = text.indexOf(QStringLiteral(". "));
    QString sentence = end < 0 ? text : text.left(end);
    if (sentence.endsWith(QLatin1Char('.'))) {
        sentence.chop(1);
    }
    return sentence;
}

QStringList namesOf(const Commands &commands)
{
    QStringList names;
    for (const auto &command : commands) {
        names << command->name();
    }
    return names;
}

QStringList wordsOf(const CommandLine &line)
{
    QStringList words;
    for (const CommandLine::Option &option : line.options()) {
        words += dashedNames(option);
    }
    return words;
}

QStringList choicesOfArguments(const CommandLine &line)
{
    QStringList choices;
    for (const CommandLine::Positional &argument : line.arguments()) {
        choices += argument.choices;
    }
    return choices;
}

/// Returns the patterns of a case statement, "status:--type".
QString caseLine(const QString &command, const CommandLine::Option &option, const QString &action)
{
    QStringList patterns;
    for (const QString &name : dashedNames(option)) {
        patterns << command + QLatin1Char(':') + name;
    }
    return QStringLiteral("        %1) %2 ;;\n").arg(patterns.join(QLatin1Char('|')), action);
}

QString bashScript(const Commands &commands)
{
    QString values;
    QString words;
    for (const auto &command : commands) {
        const auto line = command->commandLine();
        for (const CommandLine::Option &option : line->options()) {
            if (option.valueName.isEmpty()) {
                continue;
            }
            if (!option.choices.isEmpty()) {
                values += caseLine(command->name(), option,
                                   QStringLiteral("choices=%1").arg(quoted(option.choices.join(QLatin1Char(' ')))));
            } else if (isFolder(option)) {
                values += caseLine(command->name(), option, QStringLiteral("kind=folder"));
            } else {
                values += caseLine(command->name(), option,
                                   isFile(option) ? QStringLiteral("kind=file") : QStringLiteral("kind=none"));
            }
        }
        const QStringList choices = choicesOfArguments(*line);
        words += QStringLiteral("        %1) options=%2 arguments=%3 ;;\n")
                     .arg(command->name(), quoted(wordsOf(*line).join(QLatin1Char(' '))),
                          quoted(choices.join(QLatin1Char(' '))));
    }
    return QStringLiteral(R"sh(# Completion of lifeguardctl for bash, made by 'lifeguardctl completion bash'.
_lifeguardctl()
{
    local current=${COMP_WORDS[COMP_CWORD]} previous= command= choices= kind= options= arguments= i
    COMPREPLY=()
    if ((COMP_CWORD > 0)); then previous=${COMP_WORDS[COMP_CWORD - 1]}; fi
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${COMP_WORDS[i]} in
        --db|--workspace|--config|--profile) ((++i)) ;;
        -*|=) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    if [ -z "$command" ]; then
        case $previous in
        --db|--config) COMPREPLY=($(compgen -f -- "$current")); return ;;
        --workspace) COMPREPLY=($(compgen -d -- "$current")); return ;;
        --profile) return ;;
        esac
        COMPREPLY=($(compgen -W '%1 help --help --version' -- "$current"))
        return
    fi
    if [ "$previous" = = ] && ((COMP_CWORD > 1)); then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    elif [ "$current" = = ]; then
        current=
    fi
    case $command:$previous in
%2    esac
    if [ -n "$choices" ]; then
        COMPREPLY=($(compgen -W "$choices" -- "$current"))
        case ${COMPREPLY[0]:-} in *=) compopt -o nospace 2>/dev/null ;; esac
        return
    fi
    case $kind in
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return ;;
    folder) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")); return ;;
    none) return ;;
    esac
    case $command in
%3    esac
    case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *)
        if [ -n "$arguments" ]; then
            COMPREPLY=($(compgen -W "$arguments" -- "$current"))
        else
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$current"))
        fi
        ;;
    esac
}
complete -F _lifeguardctl lifeguardctl
)sh")
        .arg(namesOf(commands).join(QLatin1Char(' ')), values, words);
}

/// Returns a text for the descriptions of zsh's _arguments, in which brackets and colons have a meaning.
QString zshDescription(QString text)
{
    text.replace(QLatin1Char('\\'), QStringLiteral("\\\\"));
    for (const char special : {'[', ']', ':', '`', '$', '"'}) {
        text.replace(QLatin1Char(special), QString(QStringLiteral("\\") + QLatin1Char(special)));
    }
    return text;
}

QString zshScript(const Commands &commands)
{
    QString list;
    QString cases;
    for (const auto &command : commands) {
        list += QStringLiteral("        %1\n")
                    .arg(quoted(command->name() + QLatin1Char(':') + zshDescription(command->summary())));
        const auto line = command->commandLine();
        cases += QStringLiteral("    %1)\n        _arguments -s").arg(command->name());
        for (const CommandLine::Option &option : line->options()) {
            for (const QString &name : dashedNames(option)) {
                QString spec = QLatin1Char('*') + name
                             + (option.valueName.isEmpty() || name.size() == 2 ? QString() : QStringLiteral("="))
                             + QLatin1Char('[') + zshDescription(firstSentence(option.description)) + QLatin1Char(']');
                if (!option.valueName.isEmpty()) {
                    const QString action = !option.choices.isEmpty()
                                             ? QStringLiteral("(%1)").arg(option.choices.join(QLatin1Char(' ')))
                                         : isFolder(option) ? QStringLiteral("_files -/")
                                         : isFile(option)   ? QStringLiteral("_files")
                                                            : QStringLiteral(" ");
                    spec += QLatin1Char(':') + zshDescription(option.valueName) + QLatin1Char(':') + action;
                }
                cases += QStringLiteral(" \\\n            ") + quoted(spec);
            }
        }
        const QStringList choices = choicesOfArguments(*line);
        cases += QStringLiteral(" \\\n            ")
               + quoted(choices.isEmpty() ? QStringLiteral("*:file:_files")
                                          : QStringLiteral("*:word:(%1)").arg(choices.join(QLatin1Char(' '))))
               + QStringLiteral("\n        ;;\n");
    }
    return QStringLiteral(R"sh(#compdef lifeguardctl
# Completion of lifeguardctl for zsh, made by 'lifeguardctl completion zsh'.
_lifeguardctl()
{
    local -a commands
    commands=(
%1    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=${words[2]}
    shift words
    ((CURRENT--))
    case $command in
%2    esac
}
if [ "$funcstack[1]" = "_lifeguardctl" ]; then
    _lifeguardctl "$@"
else
    compdef _lifeguardctl lifeguardctl
fi
)sh")
        .arg(list, cases);
}

/// Returns a text in the quotes of fish, in which backslashes have a meaning.
QString fishQuoted(QString text)
{
    text.replace(QLatin1Char('\\'), QStringLiteral("\\\\"));
    return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("\\'")) + QLatin1Char('\'');
}

QString fishScript(const Commands &commands)
{
    QString text = QStringLiteral("# Completion of lifeguardctl for fish, made by 'lifeguardctl completion fish'.\n"
                                  "complete -c lifeguardctl -n __fish_use_subcommand -f\n");
    for (const auto &command : commands) {
        text += QStringLiteral("complete -c lifeguardctl -n __fish_use_subcommand -a %1 -d %2\n")
                    .arg(command->name(), fishQuoted(command->summary()));
    }
    for (const auto &command : commands) {
        const auto line = command->commandLine();
        const QString begin = QStringLiteral("complete -c lifeguardctl -n '__fish_seen_subcommand_from %1'")
                                  .arg(command->name());
        for (const CommandLine::Option &option : line->options()) {
            text += begin;
            for (const QString &name : option.names) {
                text += (name.size() == 1 ? QStringLiteral(" -s ") : QStringLiteral(" -l ")) + name;
            }
            if (!option.valueName.isEmpty()) {
                text += isFile(option)   ? QStringLiteral(" -r -F")
                      : isFolder(option) ? QStringLiteral(" -x -a '(__fish_complete_directories)'")
                                         : QStringLiteral(" -x");
                if (!option.choices.isEmpty()) {
                    text += QStringLiteral(" -a ") + fishQuoted(option.choices.join(QLatin1Char(' ')));
                }
            }
            text += QStringLiteral(" -d ") + fishQuoted(firstSentence(option.description)) + QLatin1Char('\n');
        }
        const QStringList choices = choicesOfArguments(*line);
        if (!choices.isEmpty()) {
            text += begin + QStringLiteral(" -f -a ") + fishQuoted(choices.join(QLatin1Char(' '))) + QLatin1Char('\n');
        }
    }
    return text;
}

} // namespace

QString completionScript(Shell shell, const Commands &commands)
{
    switch (shell) {
    case Shell::Bash:
        return bashScript(commands);
    case Shell::Zsh:
        return zshScript(commands);
    case Shell::Fish:
        return fishScript(commands);
    }
    return {};
}

} // namespace lifeguard::ctl
