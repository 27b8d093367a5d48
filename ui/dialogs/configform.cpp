// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/configform.h"

#include "core/config/configdraft.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QComboBox>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace lifeguard {
namespace {

QStringList choicesOf(const FieldInfo &field)
{
    if (field.kind == FieldInfo::Kind::YesNo)
        return {QStringLiteral("yes"), QStringLiteral("no")};
    return field.kind == FieldInfo::Kind::Choice ? field.choices : QStringList();
}

/// Returns the spelling of the choices for a truth value that a file may spell in another way.
QString asChoice(const FieldInfo &field, const QString &value)
{
    if (field.kind != FieldInfo::Kind::YesNo)
        return value;
    return value == QLatin1String("true")  ? QStringLiteral("yes")
         : value == QLatin1String("false") ? QStringLiteral("no")
                                           : value;
}

} // namespace

ConfigForm::ConfigForm(QStringList keys, const QList<ConfigFormField> &fields, const ConfigDraft &draft,
                       QWidget *parent)
    : QScrollArea(parent)
    , m_keys(std::move(keys))
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    auto *content = new QWidget(this);
    auto *layout = new QFormLayout(content);
    layout->setContentsMargins(theme::between, theme::inside, theme::between, theme::inside);
    layout->setHorizontalSpacing(theme::between);
    layout->setVerticalSpacing(theme::inside);
    layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const ConfigFormField &field : fields)
        addLine(*layout, field, draft.value(m_keys + field.keys, field.info));
    setWidget(content);
}

void ConfigForm::addLine(QFormLayout &layout, const ConfigFormField &field, const QString &value)
{
    const QString key = field.keys.join(u'.');
    QWidget *editor = createEditor(field, value);
    editor->setObjectName(QStringLiteral("config_") + key);
    editor->setAccessibleName(key);
    editor->setAccessibleDescription(field.info.description);
    auto *description = new QLabel(field.info.description, this);
    description->setWordWrap(true);
    description->setFont(theme::smallFont(font()));
    description->setForegroundRole(QPalette::PlaceholderText);
    auto *error = new InlineMessage(QStringLiteral("configError_") + key, this);
    auto *column = new QVBoxLayout;
    column->setSpacing(theme::unit / 2);
    column->addWidget(editor);
    column->addWidget(error);
    column->addWidget(description);
    auto *label = new QLabel(key, this);
    label->setBuddy(editor);
    layout.addRow(label, column);
    m_errors.insert(key, error);
}

QWidget *ConfigForm::createEditor(const ConfigFormField &field, const QString &value)
{
    const FieldInfo &info = field.info;
    const QStringList keys = m_keys + field.keys;
    const QStringList choices = choicesOf(info);
    if (choices.isEmpty()) {
        auto *line = new QLineEdit(value, this);
        line->setPlaceholderText(field.usualText);
        connect(line, &QLineEdit::textEdited, this,
                [this, info, keys](const QString &text) { Q_EMIT valueEntered(keys, info, text); });
        return line;
    }
    auto *box = new QComboBox(this);
    box->addItem(field.usualText.isEmpty() ? tr("Default") : tr("Default (%1)").arg(field.usualText), QString());
    for (const QString &choice : choices)
        box->addItem(choice, choice);
    const QString shown = asChoice(info, value);
    if (!shown.isEmpty() && box->findData(shown) < 0) // a wrong value is shown, and its error
        box->addItem(shown, shown);
    box->setCurrentIndex(box->findData(shown));
    connect(box, &QComboBox::activated, this,
            [this, info, keys, box] { Q_EMIT valueEntered(keys, info, box->currentData().toString()); });
    return box;
}

void ConfigForm::setErrors(const QList<ConfigFileError> &errors)
{
    QHash<QString, QString> texts;
    const QString section = m_keys.isEmpty() ? QString() : m_keys.join(u'.') + u'.';
    for (const ConfigFileError &error : errors) {
        const QString key = error.key.mid(section.size()).section(u'[', 0, 0); // without the index of a list
        if (error.key.startsWith(section) && !texts.contains(key))
            texts.insert(key, error.message);
    }
    for (auto line = m_errors.cbegin(); line != m_errors.cend(); ++line)
        line.value()->setMessage(theme::Hue::Bad, texts.value(line.key()));
}

} // namespace lifeguard
