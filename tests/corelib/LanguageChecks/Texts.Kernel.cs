using System;
using System.Text;

namespace LanguageChecks;

internal static class Texts
{
    public static void Run()
    {
        string a = "vir" + Numbers.Opaque(0).ToString();
        Check.That("string: equal content is equal", a == "vir0" && a.Equals((object)"vir0") && !ReferenceEquals(a, "vir0"));
        Check.That("string: equal content hashes alike", a.GetHashCode() == "vir0".GetHashCode());
        Check.Equal("string: concatenation of two, three, four and five", "a" + a + "b" + a + "c", "avir0bvir0c");
        Check.Equal("string: substring", a.Substring(1, 2), "ir");
        Check.Equal("string: range", "console=hvc0"[8..], "hvc0");
        Check.Equal("string: index of a character", "key=value".IndexOf('='), 3);
        Check.Equal("string: index of a string", "key=value".IndexOf("val"), 4);
        Check.Equal("string: not found", "key".IndexOf('z'), -1);
        Check.That("string: starts and ends", "net=auto".StartsWith("net=") && "net=auto".EndsWith("auto") && !"n".StartsWith("net"));
        Check.That("string: ignores case where asked", "AbC".Equals("aBc", StringComparison.OrdinalIgnoreCase) && !"AbC".Equals("aBc"));
        Check.Equal("string: trim", "  x y\t".Trim(), "x y");
        Check.Equal("string: upper and lower", "Mac".ToUpperInvariant() + "Mac".ToLowerInvariant(), "MACmac");
        Check.Equal("string: join", string.Join(", ", "a", "b", "c"), "a, b, c");
        string[] parts = "ip=dhcp  log=info".Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Check.That("string: split", parts.Length == 2 && parts[1] == "log=info");
        Check.Equal("string: split keeps empty parts", "a,,b".Split(',').Length, 3);
        Check.Equal("string: of a repeated character", new string('-', 5), "-----");
        Check.Equal("string: of a span", new string("abc".AsSpan(1)), "bc");
        Check.That("string: empty is empty", string.IsNullOrEmpty("") && string.IsNullOrEmpty(null) && string.Empty.Length == 0);
        Check.That("string: order", string.CompareOrdinal("a", "b") < 0 && string.CompareOrdinal("b", "a") > 0);

        int sum = 0;
        foreach (char c in "abc")
            sum += c;
        Check.Equal("string: foreach", sum, 'a' + 'b' + 'c');
        Check.Equal("string: switch", Port("virtio") + Port("xen") + Port("other"), 1 + 2 + 0);
        Check.That("string: u8 literal", "hvc"u8.Length == 3 && "hvc"u8[0] == 'h');

        Check.That("UTF-8: there and back", Encoding.UTF8.GetString(Encoding.UTF8.GetBytes("aä€😀")) == "aä€😀");
        Check.Equal("UTF-8: length", Encoding.UTF8.GetByteCount("aä€😀"), 1 + 2 + 3 + 4);
        Check.Equal("UTF-8: a lone continuation is replaced", Encoding.UTF8.GetString([0x80, (byte)'a']), "\ufffda");
        Check.Equal("UTF-8: an overlong form is replaced", Encoding.UTF8.GetString([0xc0, 0xaf]), "\ufffd\ufffd");
        Check.Equal("ASCII: there and back", Encoding.ASCII.GetString(Encoding.ASCII.GetBytes("GET / ä")), "GET / ?");
        Check.Equal("string builder", new StringBuilder().Append("a").Append(12).Append('c').Append(true).ToString(), "a12cTrue");

        StringBuilder builder = new(1);
        for (int i = 0; i < 100; i++)
            builder.Append(i).Append(' ');
        Check.Equal("string builder: grows", builder.Length, 10 * 2 + 90 * 3);
    }

    private static int Port(string name) => name switch
    {
        "virtio" => 1,
        "xen" => 2,
        "e1000" => 3,
        "rtl8139" => 4,
        "ne2000" => 5,
        "virtio-mmio" => 6,
        "auto" => 7,
        _ => 0,
    };
}
