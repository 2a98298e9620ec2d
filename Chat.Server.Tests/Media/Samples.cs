using System.Text;

namespace Chat.Server.Tests.Media;

/// <summary>Files that begin as real ones do.</summary>
internal static class Samples
{
    public static readonly byte[] PngHead = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] Png(int length = 1000, int seed = 0) => Begins(PngHead, length, seed);

    public static byte[] Jpeg(int length = 1000, int seed = 0) => Begins([0xFF, 0xD8, 0xFF, 0xE0], length, seed);

    public static byte[] Mp4(string brand = "isom", int length = 1000) => Begins([0, 0, 0, 0x18, .. Encoding.ASCII.GetBytes("ftyp" + brand)], length, seed: 0);

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Begins(byte[] head, int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        head.CopyTo(bytes, 0);
        return bytes;
    }
}
