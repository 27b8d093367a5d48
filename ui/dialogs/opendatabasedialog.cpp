// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/opendatabasedialog.h"

#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lifeguard {

namespace {

QString absolute(const QString &text, const QString &folder)
{
    const QString path = QDir::fromNativeSeparators(text.trimmed());
    return path.isEmpty() ? QString() : QDir::cleanPath(QDir(folder).absoluteFilePath(path));
}

} // namespace

OpenDatabaseDialog::OpenDatabaseDialog(const QString &folder, QWidget *parent)
    : QDialog(parent)
    , m_folder(folder)
    , m_database(new QLineEdit(this))
    , m_workspace(new QLineEdit(this))
    , m_readOnly(new QCheckBox(tr("Open &read-only: nothing is written, and no pool can be launched"), this))
    , m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("openDatabaseDialog"));
    setWindowTitle(tr("Open database"));
    setMinimumWidth(560);
    m_database->setObjectName(QStringLiteral("databasePath"));
    m_database->setAccessibleName(tr("Database"));
    m_database->setPlaceholderText(tr("A file such as clx_jobs.db or clm_jobs.db"));
    m_workspace->setObjectName(QStringLiteral("workspacePath"));
    m_workspace->setAccessibleName(tr("Workspace"));
    m_workspace->setPlaceholderText(tr("The folder for input and output files"));
    m_readOnly->setObjectName(QStringLiteral("readOnlyCheck"));
    m_message->setObjectName(QStringLiteral("openMessage"));
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(2 * m_message->fontMetrics().lineSpacing());
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(theme::between);
    form->setVerticalSpacing(theme::inside);
    const auto row = [this, form](const QString &label, QLineEdit *field, const char *name,
                                  const QString &accessibleName, auto slot) {
        auto *browse = new QPushButton(theme::icon(QStringLiteral("document-open-folder"), palette()), tr("Choose…"),
                                       this);
        browse->setObjectName(QString::fromLatin1(name));
        browse->setAccessibleName(accessibleName);
        browse->setAutoDefault(false);
        auto *line = new QHBoxLayout;
        line->setSpacing(theme::inside);
        line->addWidget(field, 1);
        line->addWidget(browse);
        auto *title = new QLabel(label, this);
        title->setBuddy(field);
        form->addRow(title, line);
        connect(browse, &QPushButton::clicked, this, slot);
    };
    row(tr("&Database"), m_database, "chooseDatabaseButton", tr("Choose the database"),
        &OpenDatabaseDialog::chooseDatabase);
    row(tr("W&orkspace"), m_workspace, "chooseWorkspaceButton", tr("Choose the workspace"),
        &OpenDatabaseDialog::chooseWorkspace);
    form->addRow(QString(), m_readOnly);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    m_open = buttons->button(QDialogButtonBox::Open);
    m_open->setObjectName(QStringLiteral("openButton"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::between, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addLayout(form);
    layout->addWidget(m_message);
    layout->addWidget(buttons);

    connect(m_database, &QLineEdit::textChanged, this, &OpenDatabaseDialog::proposeWorkspace);
    connect(m_workspace, &QLineEdit::textChanged, this, &OpenDatabaseDialog::check);
    connect(m_workspace, &QLineEdit::textEdited, this,
            [this](const QString &text) { m_hasOwnWorkspace = !text.isEmpty(); });
    connect(m_readOnly, &QCheckBox::toggled, this, &OpenDatabaseDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

DatabaseChoice OpenDatabaseDialog::choice() const
{
    return {absolute(m_database->text(), m_folder), absolute(m_workspace->text(), m_folder), m_readOnly->isChecked()};
}

void OpenDatabaseDialog::chooseDatabase()
{
    auto *dialog = new QFileDialog(this, tr("Choose a database, or enter the name of a new one"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setLabelText(QFileDialog::Accept, tr("Choose"));
    dialog->setNameFilters({tr("Databases (*.db *.sqlite *.sqlite3)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_database, &QLineEdit::setText);
    dialog->open();
}

void OpenDatabaseDialog::chooseWorkspace()
{
    auto *dialog = new QFileDialog(this, tr("Choose the workspace"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_hasOwnWorkspace = true;
        m_workspace->setText(path);
    });
    dialog->open();
}

void OpenDatabaseDialog::proposeWorkspace()
{
    const QString database = absolute(m_database->text(), m_folder);
    if (!m_hasOwnWorkspace && !database.isEmpty()) {
        QString workspace = QFileInfo(database).absolutePath();
        for (const DatabaseChoice &known : recentDatabases()) {
            if (known.database == database) {
                workspace = known.workspace;
            }
        }
        m_workspace->setText(workspace);
    }
    check();
}

void OpenDatabaseDialog::check()
{
    const DatabaseChoice now = choice();
    const QFileInfo file(now.database);
    QString problem;
    QString hint;
    if (now.database.isEmpty()) {
        hint = tr(
            "Choose a database of Lifeguard, CLX or CLM. If the file does not exist, an empty database is created.");
    } else if (file.isDir()) {
        problem = tr("%1 is a folder. Enter the name of a file in it.").arg(now.database);
    } else if (!file.exists() && now.readOnly) {
        problem = tr("%1 does not exist and cannot be opened read-only.").arg(now.database);
    } else if (!file.exists() && !QFileInfo(file.absolutePath()).isDir()) {
        problem = tr("The folder %1 does not exist.").arg(file.absolutePath());
    } else if (now.workspace.isEmpty()) {
        hint = tr("Choose a workspace, the folder for input and output files.");
    } else if (!QFileInfo(now.workspace).isDir()) {
        problem = tr("The workspace %1 does not exist or is not a folder.").arg(now.workspace);
    } else if (!file.exists()) {
        hint = tr("The database does not exist yet. An empty one will be created.");
    }
    const bool canOpen = problem.isEmpty() && !now.database.isEmpty() && !now.workspace.isEmpty();
    QPalette textPalette = palette();
    textPalette.setColor(QPalette::WindowText,
                         problem.isEmpty()
                             ? theme::secondaryText(textPalette)
                             : theme::readable(theme::color(theme::Hue::Bad), textPalette.color(QPalette::Window)));
    m_message->setPalette(textPalette);
    m_message->setText(problem.isEmpty() ? hint : problem);
    m_open->setEnabled(canOpen);
    m_open->setToolTip(canOpen ? QString() : m_message->text());
}

} // namespace lifeguard
