namespace LanguageChecks;

internal static class Classes
{
    public static void Run()
    {
        Device[] devices = [new Card("c"), new Disk(), new FastCard()];
        string names = "";
        foreach (Device device in devices)
            names += device.Name + device.Kind() + ";";
        Check.Equal("virtual: most derived wins", names, "c1;disk2;fast3;");
        Check.That("is: class", devices[2] is Card && devices[1] is not Card);
        Check.That("as: class", devices[1] as Disk is not null && devices[1] as Card is null);
        Check.That("is: pattern with property", devices[0] is Card { Name: "c" });
        Check.Equal("switch on type", Classify(devices[2]) + Classify(devices[1]) + Classify(null), "fast card, disk, nothing");
        Check.That("base call", new FastCard().Speed == 20);
        Check.That("constructor chain and initialisers", new Card("x").Speed == 10 && new Card("x").Ports.Length == 2);
        Check.That("object: identity", devices[0].Equals(devices[0]) && !devices[0].Equals(devices[1]) && devices[0].GetHashCode() == devices[0].GetHashCode());
        Check.That("covariant return", new FastCard().Copy().Boost == 3);
        Check.That("operators and conversions", (int)(new Metres(3) + new Metres(4)) == 7 && new Metres(1) < new Metres(2));
        Check.That("indexer and property", new Table { [2] = 5 }[2] == 5);
    }

    private static string Classify(Device? device) => device switch
    {
        FastCard => "fast card, ",
        Card => "card, ",
        Disk => "disk, ",
        null => "nothing",
        _ => "?",
    };

    private abstract class Device(string name)
    {
        public string Name { get; } = name;

        public abstract int Kind();
    }

    private class Card(string name) : Device(name)
    {
        public readonly int[] Ports = [1, 2];

        public virtual int Speed => 10;

        public override int Kind() => 1;

        public virtual Card Copy() => new(Name);
    }

    private sealed class FastCard() : Card("fast")
    {
        public int Boost = 3;

        public override int Speed => base.Speed * 2;

        public override int Kind() => 3;

        public override FastCard Copy() => new();
    }

    private sealed class Disk() : Device("disk")
    {
        public override int Kind() => 2;
    }

    private readonly struct Metres(int value)
    {
        private readonly int _value = value;

        public static Metres operator +(Metres a, Metres b) => new(a._value + b._value);

        public static bool operator <(Metres a, Metres b) => a._value < b._value;

        public static bool operator >(Metres a, Metres b) => a._value > b._value;

        public static explicit operator int(Metres metres) => metres._value;
    }

    private sealed class Table
    {
        private readonly int[] _values = new int[4];

        public int this[int index]
        {
            get => _values[index];
            set => _values[index] = value;
        }
    }
}
