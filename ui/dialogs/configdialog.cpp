// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/configdialog.h"

#include "core/config/jobtypes.h"
#include "core/config/poolfields.h"
#include "ui/dialogs/configform.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lifeguard {
namespace {

// The entries of the list: the name of a section, or the name of a pool behind the prefix.
const QString generalEntry = QStringLiteral("general");
const QString textEntry = QStringLiteral("text");
const QString poolPrefix = QStringLiteral("pool:");

QList<ConfigFormField> sectionFields(const QString &section)
{
    if (section == QLatin1String("docker"))
        return configFormFields(dockerConfigFields(), DockerConfig());
    if (section == QLatin1String("retention"))
        return configFormFields(retentionFields(), RetentionConfig());
    if (section == QLatin1String("metrics"))
        return configFormFields(metricsFields(), MetricsConfig());
    return configFormFields(configurationFields(), Configuration());
}

} // namespace

ConfigDialog::ConfigDialog(const ConfigDraft &draft, QWidget *parent)
    : QDialog(parent)
    , m_draft(draft)
    , m_entries(new QListWidget(this))
    , m_pages(new QStackedWidget(this))
    , m_text(new QPlainTextEdit(this))
    , m_message(new InlineMessage(QStringLiteral("configMessage"), this))
    , m_add(new QPushButton(tr("&Add pool…"), this))
    , m_remove(new QPushButton(tr("&Remove pool"), this))
{
    setObjectName(QStringLiteral("configDialog"));
    setWindowTitle(tr("Configuration file"));
    resize(820, 620);
    build();
    fillList();
    m_entries->setCurrentRow(0);
    check();
}

void ConfigDialog::build()
{
    m_entries->setObjectName(QStringLiteral("configEntries"));
    m_entries->setAccessibleName(tr("Sections and pools"));
    m_entries->setFixedWidth(200);
    m_text->setObjectName(QStringLiteral("configText"));
    m_text->setAccessibleName(tr("The text of the file"));
    m_text->setReadOnly(true);
    m_text->setFont(theme::fixedFont());
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_pages->addWidget(m_text);
    m_add->setObjectName(QStringLiteral("addConfigPool"));
    m_remove->setObjectName(QStringLiteral("removeConfigPool"));
    for (QPushButton *button : {m_add, m_remove})
        button->setAutoDefault(false);

    auto *path = new QLabel(QDir::toNativeSeparators(m_draft.path()), this);
    path->setObjectName(QStringLiteral("configPath"));
    path->setTextInteractionFlags(Qt::TextSelectableByMouse);
    path->setForegroundRole(QPalette::PlaceholderText);
    auto *left = new QVBoxLayout;
    left->setSpacing(theme::inside);
    left->addWidget(m_entries, 1);
    left->addWidget(m_add);
    left->addWidget(m_remove);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(theme::between);
    middle->addLayout(left);
    middle->addWidget(m_pages, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    m_save = buttons->button(QDialogButtonBox::Save);
    m_save->setObjectName(QStringLiteral("saveConfig"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(theme::inside);
    layout->addWidget(path);
    layout->addLayout(middle, 1);
    layout->addWidget(m_message);
    layout->addWidget(buttons);

    connect(m_entries, &QListWidget::currentRowChanged, this, &ConfigDialog::showEntry);
    connect(m_add, &QPushButton::clicked, this, &ConfigDialog::addPool);
    connect(m_remove, &QPushButton::clicked, this, &ConfigDialog::removePool);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConfigDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &ConfigDialog::reject);
}

void ConfigDialog::fillList()
{
    const QSignalBlocker blocker(m_entries);
    m_entries->clear();
    const auto add = [this](const QString &title, const QString &entry) {
        auto *item = new QListWidgetItem(title, m_entries);
        item->setData(Qt::UserRole, entry);
        item->setSizeHint(QSize(0, theme::rowHeight));
    };
    add(tr("General"), generalEntry);
    const QStringList pools = m_draft.poolNames();
    for (const QString &name : pools)
        add(tr("Pool %1").arg(name), poolPrefix + name);
    add(tr("Docker"), QStringLiteral("docker"));
    add(tr("History"), QStringLiteral("retention"));
    add(tr("Metrics"), QStringLiteral("metrics"));
    add(tr("Text of the file"), textEntry);
}

ConfigForm *ConfigDialog::createForm(const QString &entry)
{
    if (entry.startsWith(poolPrefix)) {
        WorkerConfig usual;
        usual.type = entry.mid(poolPrefix.size()); // the type is the name unless it is set
        return new ConfigForm({QStringLiteral("pools"), usual.type}, configFormFields(poolFields(), usual), m_draft,
                              this);
    }
    return new ConfigForm(entry == generalEntry ? QStringList() : QStringList{entry}, sectionFields(entry), m_draft,
                          this);
}

void ConfigDialog::showEntry(int row)
{
    const QListWidgetItem *item = m_entries->item(row);
    if (!item)
        return;
    if (m_form) {
        m_pages->removeWidget(m_form);
        m_form->deleteLater();
        m_form = nullptr;
    }
    const QString entry = item->data(Qt::UserRole).toString();
    if (entry == textEntry) {
        m_pages->setCurrentWidget(m_text);
    } else {
        m_form = createForm(entry);
        m_pages->addWidget(m_form);
        m_pages->setCurrentWidget(m_form);
        connect(m_form, &ConfigForm::valueEntered, this, &ConfigDialog::changeValue);
    }
    check();
}

void ConfigDialog::changeValue(const QStringList &keys, const FieldInfo &field, const QString &text)
{
    const Status changed = m_draft.setValue(keys, field, text);
    check();
    if (!changed)
        m_message->setMessage(theme::Hue::Bad, changed.error().message);
}

QString ConfigDialog::selectedPool() const
{
    const QListWidgetItem *item = m_entries->currentItem();
    const QString entry = item ? item->data(Qt::UserRole).toString() : QString();
    return entry.startsWith(poolPrefix) ? entry.mid(poolPrefix.size()) : QString();
}

void ConfigDialog::addPool()
{
    QStringList types;
    for (const JobType &type : jobTypes())
        types.append(type.name);
    auto *dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("newPoolDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Add pool"));
    dialog->setLabelText(tr("The name of the pool, which is also its job type unless you set another one:"));
    dialog->setComboBoxItems(types);
    dialog->setComboBoxEditable(true);
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &name) {
        const Status added = m_draft.addPool(name.trimmed(), name.trimmed());
        fillList();
        const QStringList pools = m_draft.poolNames();
        m_entries->setCurrentRow(1 + std::max(0, int(pools.indexOf(name.trimmed()))));
        check();
        if (!added)
            m_message->setMessage(theme::Hue::Bad, added.error().message);
    });
    dialog->open();
}

void ConfigDialog::removePool()
{
    const QString name = selectedPool();
    if (name.isEmpty())
        return;
    const Status removed = m_draft.removePool(name);
    const int row = m_entries->currentRow();
    fillList();
    m_entries->setCurrentRow(-1); // the row may now be that of another entry
    m_entries->setCurrentRow(std::min(row, m_entries->count() - 1));
    check();
    if (!removed)
        m_message->setMessage(theme::Hue::Bad, removed.error().message);
}

void ConfigDialog::check()
{
    const QList<ConfigFileError> errors = m_draft.errors();
    QString first;
    if (!errors.isEmpty()) {
        const ConfigFileError &error = errors.constFirst();
        first = error.key.isEmpty() ? error.message : tr("%1: %2").arg(error.key, error.message);
    }
    if (m_form)
        m_form->setErrors(errors);
    const QString text = QString::fromUtf8(m_draft.text());
    if (m_text->toPlainText() != text)
        m_text->setPlainText(text);
    m_message->setMessage(theme::Hue::Bad, first);
    m_remove->setEnabled(!selectedPool().isEmpty());
    m_save->setEnabled(m_draft.isChanged() && errors.isEmpty());
    m_save->setToolTip(!errors.isEmpty()     ? tr("Correct the errors first.")
                       : m_draft.isChanged() ? QString()
                                             : tr("There are no changes."));
}

void ConfigDialog::save()
{
    if (const Status saved = m_draft.save(); !saved) {
        m_message->setMessage(theme::Hue::Bad, saved.error().message);
        return;
    }
    Q_EMIT this->saved(m_draft.path());
    accept();
}

void ConfigDialog::reject()
{
    if (!m_draft.isChanged())
        return QDialog::reject();
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Configuration file"),
                                tr("Discard the changes of %1?").arg(QDir::toNativeSeparators(m_draft.path())),
                                QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("discardConfigBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this](int button) {
        if (button == QMessageBox::Discard)
            QDialog::reject();
    });
    box->open();
}

} // namespace lifeguard
