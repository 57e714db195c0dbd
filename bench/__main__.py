"""Print accuracy on the sample clips, then speed."""

from bench import accuracy, speed

if __name__ == "__main__":
    accuracy.main()
    for what, value, unit in speed.report():
        print(f"{what:32s} {value:8.1f} {unit}")
