// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include <QFile>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

// Outside the namespace, as Q_INIT_RESOURCE requires.
static void initIconResources()
{
    Q_INIT_RESOURCE(lifeguard_icons);
}

namespace lifeguard::theme {

namespace {

QPixmap renderSvg(const QByteArray &svg, int size)
{
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

QByteArray readIcon(const QString &name)
{
    initIconResources();
    QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

QIcon icon(const QString &name, const QPalette &palette)
{
    const QByteArray svg = readIcon(name);
    QIcon result;
    for (const auto &[mode, group] : {std::pair{QIcon::Normal, QPalette::Active}, std::pair{QIcon::Disabled, QPalette::Disabled}}) {
        QByteArray recolored = svg;
        const QByteArray textColor = palette.color(group, QPalette::ButtonText).name().toLatin1();
        for (const char *breezeColor : {"currentColor", "#232629", "#da4453", "#f67400"}) {
            recolored.replace(breezeColor, textColor);
        }
        for (const int size : {16, 32}) {
            result.addPixmap(renderSvg(recolored, size), mode);
        }
    }
    return result;
}

QIcon applicationIcon()
{
    const QByteArray svg = readIcon(QStringLiteral("lifeguard"));
    QIcon result;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        result.addPixmap(renderSvg(svg, size));
    }
    return result;
}

} // namespace lifeguard::theme
