// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBuffer>
#include <QImage>

namespace lifeguard::test {

/// Returns a white picture of 300 × 200 pixels.
[[nodiscard]] inline QImage blank(QImage::Format format = QImage::Format_RGB888)
{
    QImage image(300, 200, format);
    image.fill(Qt::white);
    return image;
}

/// Returns the picture in the format PNG.
[[nodiscard]] inline QByteArray png(const QImage &image)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

} // namespace lifeguard::test
